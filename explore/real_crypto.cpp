#include "explore/real_crypto.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <vector>

#include "crypto/hmac.hpp"
#include "crypto/p256.hpp"

namespace outboot::explore {
namespace {

using Scalar = std::array<std::uint8_t, crypto::p256_scalar_bytes>;
using Question = std::vector<std::uint8_t>;

Question question(std::initializer_list<Bytes> parts) {
    Question all;
    for (const Bytes part : parts) all.insert(all.end(), part.begin(), part.end());
    return all;
}

// Answers by question. Explorations run in several threads.
template <class Answer>
class Memory {
  public:
    template <class Compute>
    Answer ask(const Question& about, Compute compute) {
        const std::lock_guard lock(mutex_);
        const auto found = answers_.find(about);
        if (found != answers_.end()) return found->second;
        return answers_[about] = compute();
    }

    template <class IsGood>
    RealCrypto::Computed count(IsGood is_good) {
        const std::lock_guard lock(mutex_);
        const auto good = static_cast<std::size_t>(
            std::ranges::count_if(answers_, [&](const auto& entry) { return is_good(entry.second); }));
        return {good, answers_.size() - good};
    }

  private:
    std::mutex mutex_;
    std::map<Question, Answer> answers_;
};

struct Unwrapped {
    bool good = false;
    std::array<std::uint8_t, 16> key{};
};

Memory<bool>& signatures() {
    static Memory<bool> memory;
    return memory;
}

Memory<Unwrapped>& unwrapped() {
    static Memory<Unwrapped> memory;
    return memory;
}

// Always the same one, so that every run makes the same images.
Scalar private_key(std::uint8_t first) {
    Scalar key;
    for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::uint8_t>(first + i);
    return key;
}

constexpr std::uint8_t signer_key = 0x11;
constexpr std::uint8_t ephemeral_key = 0x55;

int draw_from_hash(void* hash, std::uint8_t* bytes, std::size_t size_bytes) {
    std::copy_n(static_cast<const std::uint8_t*>(hash), size_bytes, bytes);
    return 0;
}

void put_integer(std::vector<std::uint8_t>& out, Bytes number) {
    while (number.size() > 1 && number[0] == 0) number = number.subspan(1);
    const bool sign_bit = (number[0] & 0x80) != 0;
    out.push_back(0x02);
    out.push_back(static_cast<std::uint8_t>(number.size() + (sign_bit ? 1 : 0)));
    if (sign_bit) out.push_back(0);
    out.insert(out.end(), number.begin(), number.end());
}

std::array<std::uint8_t, 65> uncompressed(const Scalar& key) {
    std::array<std::uint8_t, 65> point{0x04};
    (void)crypto::p256_public_key(std::span(point).subspan<1>(), key);
    return point;
}

} // namespace

std::array<std::uint8_t, 64> RealCrypto::signer() {
    std::array<std::uint8_t, 64> point;
    (void)crypto::p256_public_key(point, private_key(signer_key));
    return point;
}

std::array<std::uint8_t, RealCrypto::signature_bytes> RealCrypto::sign(Bytes, Bytes hash) {
    std::array<std::uint8_t, 64> raw;
    std::array<std::uint8_t, 32> nonce;
    std::copy_n(hash.begin(), nonce.size(), nonce.begin());
    (void)crypto::ecdsa_sign(raw, private_key(signer_key), hash.first<32>(), {draw_from_hash, nonce.data()});
    std::vector<std::uint8_t> integers;
    put_integer(integers, std::span(raw).first<32>());
    put_integer(integers, std::span(raw).last<32>());
    std::array<std::uint8_t, signature_bytes> der{0x30, static_cast<std::uint8_t>(integers.size())};
    std::ranges::copy(integers, der.begin() + 2);
    return der;
}

// MCUboot docs/encrypted_images.md, ECIES-P256.
std::array<std::uint8_t, RealCrypto::wrapped_bytes> RealCrypto::wrap(Bytes image_key, Bytes device_private) {
    static constexpr std::string_view info = "MCUBoot_ECIES_v1";
    Scalar device;
    std::ranges::copy(device_private, device.begin());
    std::array<std::uint8_t, 32> shared;
    (void)crypto::ecdh(shared, private_key(ephemeral_key), uncompressed(device));
    std::array<std::uint8_t, 48> keys; // of the cipher, of the tag
    crypto::hkdf({}, shared, {reinterpret_cast<const std::uint8_t*>(info.data()), info.size()}, keys);

    std::array<std::uint8_t, wrapped_bytes> wrapped;
    std::ranges::copy(uncompressed(private_key(ephemeral_key)), wrapped.begin());
    const auto key = std::span(wrapped).last<16>();
    std::ranges::copy(image_key, key.begin());
    crypto::AesCtr(std::span(keys).first<16>()).apply(0, key);
    crypto::Hmac tag{std::span(keys).last<32>()};
    tag.update(key);
    tag.finish(std::span(wrapped).subspan<65, 32>());
    return wrapped;
}

void RealCrypto::ecdsa_verify(core::Verdict& verdict, std::span<const std::uint8_t, 64> public_key,
                              std::span<const std::uint8_t, 32> hash, Bytes signature) {
    const bool good = signatures().ask(question({public_key, hash, signature}), [&] {
        core::Verdict computed;
        crypto::Compact::ecdsa_verify(computed, public_key, hash, signature);
        return computed.good();
    });
    core::judge_equal(verdict, hash, good ? Bytes(hash) : Bytes());
}

bool RealCrypto::unwrap(std::span<std::uint8_t, 16> key, std::span<const std::uint8_t, 32> device_private,
                        Bytes wrapped) {
    const auto answer = unwrapped().ask(question({device_private, wrapped}), [&] {
        Unwrapped computed;
        computed.good = crypto::Compact::unwrap(computed.key, device_private, wrapped);
        return computed;
    });
    std::ranges::copy(answer.key, key.begin());
    return answer.good;
}

RealCrypto::Computed RealCrypto::signatures_verified() {
    return signatures().count([](bool good) { return good; });
}

RealCrypto::Computed RealCrypto::keys_unwrapped() {
    return unwrapped().count([](const Unwrapped& answer) { return answer.good; });
}

} // namespace outboot::explore
