// The services as an application gets them: called through the real bootloader's table, compared with OpenSSL.
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>

#include "tests/services/table.hpp"

namespace outboot::services::test {
namespace {

std::uint32_t size(const Data& data) {
    return static_cast<std::uint32_t>(data.size());
}

class Services : public testing::Test {
  protected:
    explicit Services(Watch watch = Watch::instructions) : table(watch) {}

    std::uint32_t place(const Data& data) { return table.machine.place(data); }
    std::uint32_t room(std::size_t bytes) { return table.machine.place_zeros(bytes); }
    Data read(std::uint32_t at, std::size_t bytes) { return table.machine.read(at, bytes); }

    // Everything ever placed is at least 64 bytes apart, so that a write beyond a buffer's end shows.
    Table table;
    Random random{1};
};

TEST_F(Services, sha256_in_pieces_and_cloned) {
    for (const std::size_t bytes : {0, 1, 55, 56, 63, 64, 65, 300}) {
        table.machine.reset();
        const Data message = random.bytes(bytes), end = random.bytes(10);
        const std::uint32_t hash = room(sizeof(outboot_sha256)), copy = room(sizeof(outboot_sha256)), out = room(32);
        const std::uint32_t message_at = place(message), end_at = place(end);
        const auto half = static_cast<std::uint32_t>(bytes / 2);
        ASSERT_EQ(table.status(Entry::sha256_init, {hash}), 0);
        ASSERT_EQ(table.status(Entry::sha256_update, {hash, message_at, half}), 0);
        ASSERT_EQ(table.status(Entry::sha256_update, {hash, message_at + half, size(message) - half}), 0);
        ASSERT_EQ(table.status(Entry::sha256_clone, {copy, hash}), 0);
        ASSERT_EQ(table.status(Entry::sha256_finish, {hash, out}), 0);
        EXPECT_EQ(read(out, 32), openssl::sha256(message));
        ASSERT_EQ(table.status(Entry::sha256_update, {copy, end_at, size(end)}), 0);
        ASSERT_EQ(table.status(Entry::sha256_finish, {copy, out}), 0);
        Data longer = message;
        longer.insert(longer.end(), end.begin(), end.end());
        EXPECT_EQ(read(out, 32), openssl::sha256(longer));
    }
}

TEST_F(Services, sha256_refuses_what_it_cant_count) {
    const std::uint32_t hash = room(sizeof(outboot_sha256)), data = room(64);
    ASSERT_EQ(table.status(Entry::sha256_init, {hash}), 0);
    ASSERT_EQ(table.status(Entry::sha256_update, {hash, data, 1}), 0);
    EXPECT_EQ(table.status(Entry::sha256_update, {hash, data, 0xffffffff}), outboot_crypto_too_long);
}

TEST_F(Services, hmac_with_keys_of_all_lengths) {
    for (const std::size_t bytes : {0, 1, 32, 64, 65, 200}) {
        table.machine.reset();
        const Data key = random.bytes(bytes), message = random.bytes(100);
        const std::uint32_t mac = room(sizeof(outboot_hmac)), out = room(32), key_at = place(key);
        ASSERT_EQ(table.status(Entry::hmac_init, {mac, key_at, size(key)}), 0);
        ASSERT_EQ(table.status(Entry::hmac_update, {mac, place(message), size(message)}), 0);
        ASSERT_EQ(table.status(Entry::hmac_finish, {mac, out}), 0);
        EXPECT_EQ(read(out, 32), openssl::hmac(key, message));
        EXPECT_EQ(read(mac, sizeof(outboot_hmac)), Data(sizeof(outboot_hmac)));
    }
}

TEST_F(Services, hkdf) {
    for (const std::size_t bytes : {1, 32, 33, 100}) {
        const Data salt = random.bytes(20), key = random.bytes(32), info = random.bytes(7);
        const std::uint32_t out = room(bytes);
        ASSERT_EQ(table.status(Entry::hkdf, {place(salt), size(salt), place(key), size(key), place(info), size(info),
                                             out, static_cast<std::uint32_t>(bytes)}),
                  0);
        EXPECT_EQ(read(out, bytes), openssl::hkdf(salt, key, info, bytes));
    }
    EXPECT_EQ(table.status(Entry::hkdf, {0, 0, 0, 0, 0, 0, room(1), 255 * 32 + 1}), outboot_crypto_too_long);
}

// One operation of OpenSSL's on whole blocks.
Data cipher(const EVP_CIPHER* which, bool encrypt, const Data& key, const Data& counter, const Data& in) {
    const std::unique_ptr<EVP_CIPHER_CTX, void (*)(EVP_CIPHER_CTX*)> context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
    Data out(in.size());
    int made = 0;
    if (EVP_CipherInit_ex(context.get(), which, nullptr, key.data(), counter.empty() ? nullptr : counter.data(),
                          encrypt ? 1 : 0) != 1 ||
        EVP_CIPHER_CTX_set_padding(context.get(), 0) != 1 ||
        EVP_CipherUpdate(context.get(), out.data(), &made, in.data(), static_cast<int>(in.size())) != 1)
        throw std::runtime_error("OpenSSL");
    return out;
}

TEST_F(Services, aes_blocks_both_ways) {
    for (const std::size_t key_bytes : {16, 32}) {
        for (const std::uint32_t blocks : {1, 2, 5}) {
            table.machine.reset();
            const Data key = random.bytes(key_bytes), data = random.bytes(std::size_t{16} * blocks);
            const std::uint32_t aes = room(sizeof(outboot_aes)), at = place(data), out = room(data.size());
            ASSERT_EQ(table.status(Entry::aes_init, {aes, place(key), size(key)}), 0);
            ASSERT_EQ(table.status(Entry::aes_encrypt, {aes, at, out, blocks}), 0);
            const EVP_CIPHER* which = key_bytes == 16 ? EVP_aes_128_ecb() : EVP_aes_256_ecb();
            EXPECT_EQ(read(out, data.size()), cipher(which, true, key, {}, data));
            ASSERT_EQ(table.status(Entry::aes_decrypt, {aes, out, out, blocks}), 0); // in place
            EXPECT_EQ(read(out, data.size()), data);
        }
    }
}

TEST_F(Services, aes_counter_mode_carries_through_the_whole_counter) {
    for (const std::size_t key_bytes : {16, 32}) {
        table.machine.reset();
        const Data key = random.bytes(key_bytes), data = random.bytes(80);
        Data counter(16, 0xff);
        counter[0] = 0x7f;
        counter[15] = 0xfe;
        const std::uint32_t aes = room(sizeof(outboot_aes)), at = place(data), counter_at = place(counter);
        ASSERT_EQ(table.status(Entry::aes_init, {aes, place(key), size(key)}), 0);
        ASSERT_EQ(table.status(Entry::aes_ctr, {aes, counter_at, at, at, 5}), 0);
        const EVP_CIPHER* which = key_bytes == 16 ? EVP_aes_128_ctr() : EVP_aes_256_ctr();
        EXPECT_EQ(read(at, data.size()), cipher(which, true, key, counter, data));
        Data after(16);
        after[0] = 0x80;
        after[15] = 3;
        EXPECT_EQ(read(counter_at, 16), after);
    }
}

TEST_F(Services, ecdsa_both_ways) {
    const openssl::KeyPair signer;
    const Data hash = random.bytes(32), nonce = random.bytes(32);
    const std::uint32_t point = place(signer.point()), hash_at = place(hash), key_at = place(signer.private_scalar());

    Data signature = openssl::raw_signature(signer.sign_der(hash));
    EXPECT_EQ(table.status(Entry::ecdsa_verify, {point, hash_at, place(signature)}), 0);
    signature[40] ^= 1;
    EXPECT_EQ(table.status(Entry::ecdsa_verify, {point, hash_at, place(signature)}), outboot_crypto_bad_signature);

    const std::uint32_t out = room(64);
    ASSERT_EQ(table.status(Entry::ecdsa_sign, {out, key_at, hash_at, table.random_source(), place(nonce)}), 0);
    EXPECT_EQ(table.status(Entry::ecdsa_verify, {point, hash_at, out}), 0);
    const openssl::KeyPair nonce_pair(nonce);
    const Data x = nonce_pair.point(), made = read(out, 64);
    EXPECT_TRUE(std::equal(made.begin(), made.begin() + 32, x.begin())) << "r is the nonce's x-coordinate";
}

// RFC 6979, A.2.5, P-256 with SHA-256, message "sample": key, nonce and signature.
TEST_F(Services, ecdsa_sign_makes_the_published_signature) {
    using crypto::test::from_hex;
    const Data key = from_hex("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721");
    const Data nonce = from_hex("a6e3c57dd01abe90086538398355dd4c3b17aa873382b0f24d6129493d8aad60");
    const Data hash = openssl::sha256({'s', 'a', 'm', 'p', 'l', 'e'});
    const std::uint32_t out = room(64);
    ASSERT_EQ(table.status(Entry::ecdsa_sign, {out, place(key), place(hash), table.random_source(), place(nonce)}), 0);
    EXPECT_EQ(read(out, 64), from_hex("efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
                                      "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"));
}

TEST_F(Services, ecdh_and_keys) {
    const openssl::KeyPair own, peer;
    const std::uint32_t secret = room(32), point = room(64), key = room(32);
    const std::uint32_t own_at = place(own.private_scalar()), peer_at = place(peer.point());
    ASSERT_EQ(table.status(Entry::ecdh, {secret, own_at, peer_at}), 0);
    EXPECT_EQ(read(secret, 32), own.ecdh(peer));
    ASSERT_EQ(table.status(Entry::public_key, {point, own_at}), 0);
    EXPECT_EQ(read(point, 64), own.point());
    EXPECT_EQ(table.status(Entry::check_point, {point}), 0);
    ASSERT_EQ(table.status(Entry::keygen, {key, point, table.random_source(), own_at}), 0);
    EXPECT_EQ(read(key, 32), own.private_scalar());
    EXPECT_EQ(read(point, 64), own.point());
}

TEST_F(Services, refuse_keys_that_are_none) {
    const openssl::KeyPair pair;
    Data off_curve = pair.point();
    off_curve[63] ^= 1;
    const std::uint32_t out = room(64), key = place(pair.private_scalar()), bad_point = place(off_curve);
    const std::uint32_t good_point = place(pair.point()), hash = place(random.bytes(32)),
                        random_at = place(Data(32, 1));
    EXPECT_EQ(table.status(Entry::check_point, {bad_point}), outboot_crypto_bad_key);
    EXPECT_EQ(table.status(Entry::ecdh, {out, key, bad_point}), outboot_crypto_bad_key);
    EXPECT_EQ(read(out, 32), Data(32));
    for (const Data& number : {Data(32), Data(32, 0xff)}) { // 0, and above n
        const std::uint32_t bad = place(number);
        EXPECT_EQ(table.status(Entry::ecdh, {out, bad, good_point}), outboot_crypto_bad_key);
        EXPECT_EQ(table.status(Entry::public_key, {out, bad}), outboot_crypto_bad_key);
        EXPECT_EQ(table.status(Entry::ecdsa_sign, {out, bad, hash, table.random_source(), random_at}),
                  outboot_crypto_bad_key);
        // A random source that gives nothing else is broken.
        EXPECT_EQ(table.status(Entry::keygen, {out, room(64), table.random_source(), bad}),
                  outboot_crypto_random_failed);
        EXPECT_EQ(table.status(Entry::ecdsa_sign, {out, key, hash, table.random_source(), bad}),
                  outboot_crypto_random_failed);
    }
    EXPECT_EQ(table.status(Entry::keygen, {out, room(64), table.failing_source(), 0}), outboot_crypto_random_failed);
    EXPECT_EQ(table.status(Entry::ecdsa_sign, {out, key, hash, table.failing_source(), 0}),
              outboot_crypto_random_failed);
}

TEST_F(Services, refuse_null_pointers_and_impossible_sizes) {
    const std::uint32_t some = room(512);
    constexpr int bad = outboot_crypto_bad_argument;
    EXPECT_EQ(table.status(Entry::sha256_init, {0}), bad);
    EXPECT_EQ(table.status(Entry::sha256_update, {0, some, 1}), bad);
    EXPECT_EQ(table.status(Entry::sha256_update, {some, 0, 1}), bad);
    EXPECT_EQ(table.status(Entry::sha256_finish, {some, 0}), bad);
    EXPECT_EQ(table.status(Entry::sha256_clone, {some, 0}), bad);
    EXPECT_EQ(table.status(Entry::hmac_init, {some, 0, 1}), bad);
    EXPECT_EQ(table.status(Entry::hmac_update, {0, some, 1}), bad);
    EXPECT_EQ(table.status(Entry::hmac_finish, {some, 0}), bad);
    EXPECT_EQ(table.status(Entry::hkdf, {0, 1, 0, 0, 0, 0, some, 1}), bad);
    EXPECT_EQ(table.status(Entry::hkdf, {0, 0, 0, 0, 0, 0, 0, 1}), bad);
    EXPECT_EQ(table.status(Entry::aes_init, {some, some, 24}), bad);
    EXPECT_EQ(table.status(Entry::aes_init, {some, 0, 16}), bad);
    EXPECT_EQ(table.status(Entry::aes_encrypt, {some, 0, some, 1}), bad);
    EXPECT_EQ(table.status(Entry::aes_decrypt, {0, some, some, 1}), bad);
    EXPECT_EQ(table.status(Entry::aes_ctr, {some, 0, some, some, 1}), bad);
    EXPECT_EQ(table.status(Entry::ecdsa_verify, {some, 0, some}), bad);
    EXPECT_EQ(table.status(Entry::ecdh, {some, some, 0}), bad);
    EXPECT_EQ(table.status(Entry::check_point, {0}), bad);
    EXPECT_EQ(table.status(Entry::ecdsa_sign, {some, some, some, 0, 0}), bad);
    EXPECT_EQ(table.status(Entry::keygen, {some, 0, table.random_source(), 0}), bad);
    EXPECT_EQ(table.status(Entry::public_key, {0, some}), bad);
}

// Its count of rounds would lead beyond it.
TEST_F(Services, refuse_an_aes_context_without_a_key) {
    for (const std::uint32_t rounds : {0U, 9U, 12U, 15U, 0xffffffffU}) {
        outboot_aes none{};
        none.words[0] = rounds;
        const auto* bytes = reinterpret_cast<const std::uint8_t*>(none.words);
        const std::uint32_t aes = place(Data(bytes, bytes + sizeof none)), counter = place(Data(16, 5)), out = room(16);
        EXPECT_EQ(table.status(Entry::aes_encrypt, {aes, counter, out, 1}), outboot_crypto_bad_argument) << rounds;
        EXPECT_EQ(table.status(Entry::aes_decrypt, {aes, counter, out, 1}), outboot_crypto_bad_argument) << rounds;
        EXPECT_EQ(table.status(Entry::aes_ctr, {aes, counter, counter, out, 1}), outboot_crypto_bad_argument) << rounds;
        EXPECT_EQ(read(out, 16), Data(16));
        EXPECT_EQ(read(counter, 16), Data(16, 5));
    }
}

// What the layout's optimize = "speed" promises, in instructions a byte of a long message.
TEST_F(Services, are_fast_enough) {
    constexpr std::uint32_t bytes = 4096;
    const std::uint32_t hash = room(sizeof(outboot_sha256)), aes = room(sizeof(outboot_aes)), data = room(bytes);
    const auto per_byte = [&](Entry entry, std::initializer_list<std::uint32_t> arguments) {
        const Call call = table.call(entry, arguments);
        EXPECT_EQ(call.result, 0U);
        return static_cast<double>(call.instructions) / bytes;
    };
    ASSERT_EQ(table.status(Entry::sha256_init, {hash}), 0);
    ASSERT_EQ(table.status(Entry::aes_init, {aes, place(random.bytes(16)), 16}), 0);
    const double sha256 = per_byte(Entry::sha256_update, {hash, data, bytes});
    const double ctr = per_byte(Entry::aes_ctr, {aes, room(16), data, data, bytes / 16});
    EXPECT_LE(sha256, 40);
    EXPECT_LE(ctr, 150);
    RecordProperty("sha256_instructions_per_byte", std::to_string(sha256));
    RecordProperty("aes_128_ctr_instructions_per_byte", std::to_string(ctr));
    std::cout << "[  instructions a byte ] SHA-256 " << sha256 << ", AES-128-CTR " << ctr << '\n';
}

// Same instructions and same data addresses for every secret, as in tests/crypto/arm_test.cpp.
class ServicesConstantTime : public Services {
  protected:
    ServicesConstantTime() : Services(Watch::trace) {}

    template <class Prepare>
    void expect_one_trace(Entry entry, int rounds, const Prepare& prepare) {
        std::uint64_t trace = 0;
        for (int round = 0; round < rounds; ++round) {
            table.machine.reset();
            const std::array<std::uint32_t, 5> at = prepare();
            const Call call = table.call(entry, {at[0], at[1], at[2], at[3], at[4]});
            ASSERT_TRUE(call.returned);
            ASSERT_EQ(call.result, 0U);
            if (round == 0) trace = call.trace;
            EXPECT_EQ(call.trace, trace) << round;
        }
    }

    std::uint32_t keyed_aes(std::size_t key_bytes) {
        const std::uint32_t aes = room(sizeof(outboot_aes)), key = place(random.bytes(key_bytes));
        EXPECT_EQ(table.status(Entry::aes_init, {aes, key, static_cast<std::uint32_t>(key_bytes)}), 0);
        return aes;
    }
};

TEST_F(ServicesConstantTime, aes) {
    for (const std::size_t key_bytes : {16, 32}) {
        expect_one_trace(Entry::aes_init, 6, [&]() -> std::array<std::uint32_t, 5> {
            return {room(sizeof(outboot_aes)), place(random.bytes(key_bytes)), static_cast<std::uint32_t>(key_bytes)};
        });
        for (const Entry entry : {Entry::aes_encrypt, Entry::aes_decrypt})
            expect_one_trace(entry, 6, [&]() -> std::array<std::uint32_t, 5> {
                return {keyed_aes(key_bytes), place(random.bytes(48)), room(48), 3};
            });
        expect_one_trace(Entry::aes_ctr, 6, [&]() -> std::array<std::uint32_t, 5> {
            return {keyed_aes(key_bytes), place(Data(16, 7)), place(random.bytes(48)), room(48), 3};
        });
    }
}

TEST_F(ServicesConstantTime, hmac) {
    expect_one_trace(Entry::hmac_init, 6, [&]() -> std::array<std::uint32_t, 5> {
        return {room(sizeof(outboot_hmac)), place(random.bytes(32)), 32};
    });
    expect_one_trace(Entry::hmac_finish, 6, [&]() -> std::array<std::uint32_t, 5> {
        const std::uint32_t mac = room(sizeof(outboot_hmac)), key = place(random.bytes(32));
        EXPECT_EQ(table.status(Entry::hmac_init, {mac, key, 32}), 0);
        return {mac, room(32)};
    });
}

TEST_F(ServicesConstantTime, keys_and_signatures_on_p256) {
    const std::uint32_t source = table.random_source();
    const openssl::KeyPair peer;
    const auto scalar = [&] { return place(openssl::KeyPair().private_scalar()); };
    expect_one_trace(Entry::ecdh, 2, [&]() -> std::array<std::uint32_t, 5> {
        return {room(32), scalar(), place(peer.point())};
    });
    expect_one_trace(Entry::keygen, 2, [&]() -> std::array<std::uint32_t, 5> {
        return {room(32), room(64), source, scalar()};
    });
    expect_one_trace(Entry::ecdsa_sign, 2, [&]() -> std::array<std::uint32_t, 5> {
        return {room(64), scalar(), place(random.bytes(32)), source, scalar()};
    });
}

// What the header promises of stack, that nothing but results is written, and that no secret is left below the caller.
class ServicesMemory : public Services {
  protected:
    // `results`: address and size of what may be written. The frame of the function itself may stay.
    void expect_clean(Entry entry, std::initializer_list<std::uint32_t> arguments, std::uint32_t stack_bytes,
                      std::vector<std::pair<std::uint32_t, std::uint32_t>> results, bool secret = true) {
        constexpr std::uint32_t ram = 0x20000000;
        constexpr std::size_t frames_bytes = 240;
        Data before(table.machine.ram().begin(), table.machine.ram().end());
        const Call call = table.call(entry, arguments);
        ASSERT_TRUE(call.returned);
        EXPECT_EQ(call.result, 0U);
        EXPECT_LE(call.stack_bytes, stack_bytes) << "entry " << static_cast<unsigned>(entry);
        Data after(table.machine.ram().begin(), table.machine.ram().end());
        const std::size_t stack_at = after.size() - call.stack_bytes;
        for (const auto& [address, bytes] : results)
            std::fill_n(after.begin() + (address - ram), bytes, std::uint8_t{0}),
                std::fill_n(before.begin() + (address - ram), bytes, std::uint8_t{0});
        const auto end = after.begin() + static_cast<std::ptrdiff_t>(stack_at);
        EXPECT_TRUE(std::equal(after.begin(), end, before.begin())) << "entry " << static_cast<unsigned>(entry);
        if (!secret || call.stack_bytes <= frames_bytes) return;
        const auto frames = after.end() - static_cast<std::ptrdiff_t>(frames_bytes);
        EXPECT_TRUE(std::all_of(end, frames, [](std::uint8_t byte) { return byte == 0; }))
            << "entry " << static_cast<unsigned>(entry) << " leaves something in its " << call.stack_bytes;
        table.machine.reset();
    }
};

TEST_F(ServicesMemory, sha256) {
    std::uint32_t hash = room(sizeof(outboot_sha256));
    expect_clean(Entry::sha256_init, {hash}, OUTBOOT_STACK_SHA256, {{hash, sizeof(outboot_sha256)}});
    hash = room(sizeof(outboot_sha256));
    EXPECT_EQ(table.status(Entry::sha256_init, {hash}), 0);
    expect_clean(Entry::sha256_update, {hash, place(random.bytes(100)), 100}, OUTBOOT_STACK_SHA256,
                 {{hash, sizeof(outboot_sha256)}});
    hash = room(sizeof(outboot_sha256));
    EXPECT_EQ(table.status(Entry::sha256_init, {hash}), 0);
    EXPECT_EQ(table.status(Entry::sha256_update, {hash, place(random.bytes(60)), 60}), 0);
    const std::uint32_t out = room(32);
    expect_clean(Entry::sha256_finish, {hash, out}, OUTBOOT_STACK_SHA256, {{hash, sizeof(outboot_sha256)}, {out, 32}});
}

TEST_F(ServicesMemory, hmac) {
    std::uint32_t mac = room(sizeof(outboot_hmac));
    expect_clean(Entry::hmac_init, {mac, place(random.bytes(100)), 100}, OUTBOOT_STACK_SHA256,
                 {{mac, sizeof(outboot_hmac)}});
    mac = room(sizeof(outboot_hmac));
    EXPECT_EQ(table.status(Entry::hmac_init, {mac, place(random.bytes(32)), 32}), 0);
    const std::uint32_t out = room(32);
    expect_clean(Entry::hmac_finish, {mac, out}, OUTBOOT_STACK_SHA256, {{mac, sizeof(outboot_hmac)}, {out, 32}});
}

TEST_F(ServicesMemory, hkdf) {
    const std::uint32_t out = room(80);
    expect_clean(Entry::hkdf, {place(random.bytes(32)), 32, place(random.bytes(32)), 32, 0, 0, out, 80},
                 OUTBOOT_STACK_HKDF, {{out, 80}});
}

TEST_F(ServicesMemory, aes) {
    for (const std::uint32_t key_bytes : {16, 32}) {
        std::uint32_t aes = room(sizeof(outboot_aes));
        expect_clean(Entry::aes_init, {aes, place(random.bytes(key_bytes)), key_bytes}, OUTBOOT_STACK_AES,
                     {{aes, sizeof(outboot_aes)}});
        for (const Entry entry : {Entry::aes_encrypt, Entry::aes_decrypt, Entry::aes_ctr}) {
            aes = room(sizeof(outboot_aes));
            EXPECT_EQ(table.status(Entry::aes_init, {aes, place(random.bytes(key_bytes)), key_bytes}), 0);
            const std::uint32_t out = room(48), in = place(random.bytes(48)), counter = place(random.bytes(16));
            if (entry == Entry::aes_ctr)
                expect_clean(entry, {aes, counter, in, out, 3}, OUTBOOT_STACK_AES, {{counter, 16}, {out, 48}});
            else
                expect_clean(entry, {aes, in, out, 3}, OUTBOOT_STACK_AES, {{out, 48}});
        }
    }
}

TEST_F(ServicesMemory, p256) {
    const openssl::KeyPair own, peer;
    const Data hash = random.bytes(32);
    expect_clean(Entry::ecdsa_verify,
                 {place(own.point()), place(hash), place(openssl::raw_signature(own.sign_der(hash)))},
                 OUTBOOT_STACK_ECDSA_VERIFY, {}, false);
    expect_clean(Entry::check_point, {place(own.point())}, OUTBOOT_STACK_ECDH, {}, false);
    std::uint32_t out = room(64);
    expect_clean(Entry::ecdh, {out, place(own.private_scalar()), place(peer.point())}, OUTBOOT_STACK_ECDH, {{out, 32}});
    out = room(64);
    expect_clean(Entry::public_key, {out, place(own.private_scalar())}, OUTBOOT_STACK_KEYGEN, {{out, 64}});
    out = room(64);
    const std::uint32_t key = room(32);
    expect_clean(Entry::keygen, {key, out, table.random_source(), place(own.private_scalar())}, OUTBOOT_STACK_KEYGEN,
                 {{out, 64}, {key, 32}});
    out = room(64);
    expect_clean(Entry::ecdsa_sign,
                 {out, place(own.private_scalar()), place(hash), table.random_source(), place(random.bytes(32))},
                 OUTBOOT_STACK_ECDSA_SIGN, {{out, 64}});
}

} // namespace
} // namespace outboot::services::test
