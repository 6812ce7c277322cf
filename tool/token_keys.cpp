// OpenSSL 3.0 has no other way to a token in Debian 12: engines are deprecated there, but supported.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "tool/token_keys.hpp"

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/engine.h>
#include <openssl/err.h>
#include <openssl/ui.h>

#include "tool/failure.hpp"
#include "tool/files.hpp"
#include "tool/passwords.hpp"

namespace outboot::tool {
namespace {

constexpr std::string_view scheme = "pkcs11:";

std::string decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned value = 0;
        const auto* digits = text.data() + i + 1;
        if (text[i] == '%' && i + 2 < text.size() && std::from_chars(digits, digits + 2, value, 16).ptr == digits + 2) {
            out += static_cast<char>(value);
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

// A URI taken apart: the engine gets it without what only this program must know.
struct TokenUri {
    std::string shown;                   // without the PIN's attributes
    std::optional<std::string> pin;      // pin-value
    std::optional<std::string> pin_file; // pin-source
    std::optional<std::string> module;   // module-path
};

TokenUri parse_uri(const std::string& text) {
    TokenUri uri{std::string(scheme), {}, {}, {}};
    char separator = 0;
    for (std::size_t at = scheme.size(); at <= text.size();) {
        const auto end = std::min(text.find_first_of(";?&", at), text.size());
        const auto attribute = text.substr(at, end - at);
        const auto value = [&] { return decoded(std::string_view(attribute).substr(attribute.find('=') + 1)); };
        if (attribute.starts_with("pin-value=")) {
            uri.pin = value();
        } else if (attribute.starts_with("pin-source=")) {
            auto file = value();
            uri.pin_file = file.starts_with("file:") ? file.substr(5) : file;
        } else if (attribute.starts_with("module-path=")) {
            uri.module = value();
        } else if (!attribute.empty()) {
            if (separator != 0) uri.shown += ';';
            uri.shown += attribute;
            separator = ';';
        }
        at = end + 1;
    }
    return uri;
}

// Each may be tried once only: tokens lock themselves after a few wrong PINs.
struct PinRequest {
    std::string shown;
    bool asked = false;
    bool answered = false;
};

int answer_pin(char* buffer, int size, int, void* data) {
    auto& request = *static_cast<PinRequest*>(data);
    if (request.asked) return -1;
    request.asked = true;
    auto pin = find_password(request.shown);
    if (!pin || pin->size() > static_cast<std::size_t>(size)) return -1;
    request.answered = true;
    std::copy(pin->begin(), pin->end(), buffer);
    const auto length = static_cast<int>(pin->size());
    OPENSSL_cleanse(pin->data(), pin->size());
    return length;
}

std::string trimmed_file(const std::string& path) {
    const auto content = read_file(path, "the PIN");
    std::string pin(content.begin(), content.end());
    while (!pin.empty() && (pin.back() == '\n' || pin.back() == '\r')) pin.pop_back();
    return pin;
}

// Lives as long as the program: keys refer to it.
ENGINE* engine(const std::optional<std::string>& module) {
    static ENGINE* loaded = nullptr;
    if (loaded) return loaded;
    ENGINE_load_dynamic();
    ENGINE* found = ENGINE_by_id("pkcs11");
    if (!found)
        throw Failure("OpenSSL's pkcs11 engine isn't installed: keys in a token can't be used",
                      "on Debian: apt install libengine-pkcs11-openssl");
    ENGINE_ctrl_cmd(found, "QUIET", 0, nullptr, nullptr, 0); // what it would say is said here, without PINs
    if (module) ENGINE_ctrl_cmd_string(found, "MODULE_PATH", module->c_str(), 0);
    if (ENGINE_init(found) != 1)
        throw Failure("OpenSSL's pkcs11 engine can't use the token's library",
                      "name the library in the variable PKCS11_MODULE_PATH, or in the URI: "
                      "?module-path=/usr/lib/softhsm/libsofthsm2.so");
    return loaded = found;
}

} // namespace

bool is_token_uri(const std::string& text) {
    return text.starts_with(scheme);
}

std::string without_pin(const std::string& uri) {
    return parse_uri(uri).shown;
}

EVP_PKEY* load_token_key(const std::string& text, const std::string& purpose) {
    auto uri = parse_uri(text);
    ENGINE* const pkcs11 = engine(uri.module);
    if (!uri.pin && uri.pin_file) uri.pin = trimmed_file(*uri.pin_file);
    const bool given = uri.pin.has_value();
    if (given) {
        ENGINE_ctrl_cmd_string(pkcs11, "PIN", uri.pin->c_str(), 0);
        OPENSSL_cleanse(uri.pin->data(), uri.pin->size());
    }
    PinRequest request{uri.shown};
    const std::unique_ptr<UI_METHOD, decltype(&UI_destroy_method)> asking(UI_UTIL_wrap_read_pem_callback(answer_pin, 0),
                                                                          UI_destroy_method);
    ERR_clear_error();
    auto* key = ENGINE_load_private_key(pkcs11, uri.shown.c_str(), asking.get(), &request);
    ERR_clear_error();
    if (key) return key;
    if (request.asked && !request.answered)
        throw Failure(fmt::format("the token of the {} {} wants a PIN", purpose, uri.shown),
                      "run it at a terminal, set the variable OUTBOOT_PASSWORD, or add ?pin-source=file:FILE");
    throw Failure(
        fmt::format("the {} {} can't be had from its token", purpose, uri.shown),
        fmt::format("{}token, object or id may be wrong (`pkcs11-tool --module LIBRARY -O` lists them); RSA, "
                    "P-256 and P-384 keys can be used, Ed25519 and X25519 can't: the engine doesn't know them",
                    given || request.answered ? "the PIN may be wrong; " : ""));
}

} // namespace outboot::tool
