#include "tool/sample_keys.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "tool/console.hpp"
#include "tool/failure.hpp"

namespace outboot::tool {
namespace {

struct Sample {
    std::string_view hash; // SHA-256 of the public key: SubjectPublicKeyInfo, or, of RSA, PKCS#1
    std::string_view name;
};

constexpr Sample samples[]{
    {"fc5701dc6135e1323847bdc40f04d2e5bee5833b23c29f93593d00018cfa9994", "MCUboot's root-rsa-2048.pem"},
    {"449793fb65cd7698753d5b3f35fab15f1e3a45111ff24e1d46741de5ae12d59e", "MCUboot's root-rsa-3072.pem"},
    {"e30466f6b8470c1f29070b17f1e2d3e94d445e3f608087fdc711e4382bb538b6", "MCUboot's root-ec-p256.pem"},
    {"6bcd1e16d80e5fe13a5307e6f1de8344c7e50e537d9962ce35ef6db5e642fae8", "MCUboot's root-ec-p384.pem"},
    {"c1907fa4eac7fae3840a78902b6f0710b037e9968e5c6274a12a28790c7d4e3c", "MCUboot's root-ed25519.pem"},
    {"3c23fc4e1d332a0c86e6a8bf6ecf26046d702302e135bf53fc04a009a33a78c5", "MCUboot's enc-ec256-priv.pem"},
    {"9a1dc1eb80199d8498f2a75dde0a7b75216e8302bf3a12bd04f153f48f3f24a0", "MCUboot's enc-x25519-priv.pem"},
    {"95ac5d264689fa25b14a87a9bc950abfb1a77e5e628e7b13b5f1940c9a1c65b8", "MCUboot's enc-rsa2048-priv.pem"},
    {"ec076d35e70930b57504e94c86486ef69b93f3e9d5900db1e1c5979428f13174", "outboot's enc-ec256.pem"},
    {"05b78970677884f999c56dd97deb326754acccda7806199cfc1c9d791b024a2d", "outboot's enc-rsa2048.pem"},
    {"f9ee07d4fb4aa5f0067e60d1d9ba9e0559dfff7f62045ccc218f0ad3569dafcc", "outboot's enc-x25519.pem"},
    {"c288d913f19afbc8bb29274d6b1337d82fa84132483a4c632f3b429db1035ba7", "outboot's other-ecdsa-p256.pem"},
    {"ec78b511ffaaadbed5f973f9007ab7c67bba1bfaa5e2e88a786bd7686099623f", "outboot's other-ecdsa-p384.pem"},
    {"bba9e5cac89d75d154c2ac917e66974d67dcef9301c54959fe4edfca36494791", "outboot's other-ed25519.pem"},
    {"4c3291026b755abd442c8dbb2f7fd854fb5864030386b292bb567db99e9f4874", "outboot's other-enc-ec256.pem"},
    {"5848de0b4eed331e2b79017965aae9c8440cca33c4c6557145170afb0a576186", "outboot's other-enc-rsa2048.pem"},
    {"cb1ea7ff3b8dd9cc6187df9e5d8bf98cd2fa8540c89a04e4b7b06445e69c3f10", "outboot's other-enc-x25519.pem"},
    {"607cc480ee19fad240ab37a247b2ee0bb8df500f428f965ad31960a92e8fe82e", "outboot's other-rsa-2048.pem"},
    {"2b5ebc214abd64dbada8ea66d8e49c3d225b7f08dc53183c2dad459babf7d3ca", "outboot's other-rsa-3072.pem"},
    {"c57b3cf533ebbcee61ac8b60d9736e518403ff8355a3a3fa547b2edff78cd3c8", "outboot's sign-ecdsa-p256.pem"},
    {"91935fb80638bf8225b8ca05a75732010853025129b5ea494975c8a442d9b1c8", "outboot's sign-ecdsa-p384.pem"},
    {"f2eb78a1a3a4c671fdd76843924bdfea7eb36f9332618badd508c5272e28e054", "outboot's sign-ed25519.pem"},
    {"370fe4a81ba33fbe1f12481efc92cfd6e3004ee69fcf880074888ffcd748a5c7", "outboot's sign-rsa-2048.pem"},
    {"7687a51e8c1455c831d3c91d2fe14d7d0669bf3bdbe7cd9dfdb9b6a20749b1c5", "outboot's sign-rsa-3072.pem"},
};

constexpr const char* hint = "its private half is published, so anybody can sign with it, or decrypt; `outboot keygen` "
                             "makes a key of your own";

std::string sentence(const Key& key, const std::string& purpose, const std::string& name) {
    return fmt::format("the {} {} is an example: {}", purpose, key.path(), name);
}

} // namespace

std::optional<std::string> sample_key_name(const Key& key) {
    if (key.kind() == KeyKind::aes) return std::nullopt;
    const std::array hashes{to_hex(sha256(key.public_der())), to_hex(key.key_hash())};
    const auto* found = std::find_if(std::begin(samples), std::end(samples), [&](const Sample& sample) {
        return std::find(hashes.begin(), hashes.end(), sample.hash) != hashes.end();
    });
    if (found == std::end(samples)) return std::nullopt;
    return std::string(found->name);
}

void warn_of_sample_key(const Key& key, const std::string& purpose) {
    if (const auto name = sample_key_name(key)) print_warning(sentence(key, purpose, *name), hint);
}

void refuse_sample_key(const Key& key, const std::string& purpose) {
    if (const auto name = sample_key_name(key))
        throw Failure(sentence(key, purpose, *name),
                      fmt::format("{}; --insecure-sample-key for a device that never leaves the bench", hint));
}

} // namespace outboot::tool
