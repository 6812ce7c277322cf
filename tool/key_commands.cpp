// outboot keygen, getpub, getpubhash, getpriv and keyinfo.
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tool/commands.hpp"
#include "tool/console.hpp"
#include "tool/failure.hpp"
#include "tool/files.hpp"
#include "tool/key_encoding.hpp"
#include "tool/keys.hpp"
#include "tool/passwords.hpp"

namespace outboot::tool {
namespace {

const std::map<std::string, KeyKind>& kinds() {
    static const auto found = [] {
        std::map<std::string, KeyKind> by_name;
        for (const auto kind :
             {KeyKind::rsa2048, KeyKind::rsa3072, KeyKind::p256, KeyKind::p384, KeyKind::ed25519, KeyKind::x25519})
            by_name[std::string(name_of(kind))] = kind;
        return by_name;
    }();
    return found;
}

std::vector<std::string> kind_names() {
    std::vector<std::string> names;
    for (const auto& [name, kind] : kinds()) names.push_back(name);
    return names;
}

void put_out(const std::string& content, const std::string& output, Access access = Access::ordinary) {
    if (output.empty())
        std::fwrite(content.data(), 1, content.size(), stdout);
    else
        write_file(output, content, access);
}

std::string text_of(ByteSpan bytes) {
    return {bytes.begin(), bytes.end()};
}

struct PublicOptions {
    std::string key;
    std::string encoding = "lang-c";
    std::string language;
    std::string output;
    std::string name_suffix;
};

// -e lang-c; imgtool's older spelling is -l c.
std::string encoding_of(const PublicOptions& options) {
    return options.language.empty() ? options.encoding : "lang-" + options.language;
}

std::string public_form(const Key& key, const PublicOptions& options) {
    const auto encoding = encoding_of(options);
    const auto name = array_prefix(key.kind()) + "_pub_key" + options.name_suffix;
    if (encoding == "pem") return key.public_pem();
    if (encoding == "raw") return text_of(key.public_encoding());
    return encoding == "lang-rust" ? rust_array(name, key.public_encoding()) : c_array(name, key.public_encoding());
}

std::string hash_form(const Key& key, const PublicOptions& options) {
    const auto hash = key.key_hash();
    if (options.encoding == "raw") return text_of(hash);
    if (options.encoding == "hex") return to_hex(hash) + "\n";
    return c_array(array_prefix(key.kind()) + "_pub_key_hash" + options.name_suffix, hash);
}

CLI::App* add_public_command(CLI::App& app, const std::string& name, const std::string& description,
                             const std::vector<std::string>& encodings, PublicOptions& o) {
    auto* command = app.add_subcommand(name, description);
    command->add_option("-k,--key", o.key, "Key file (PEM), private or public")->type_name("FILE")->required();
    command->add_option("-e,--encoding", o.encoding, "Form of the output")
        ->check(CLI::IsMember(encodings))
        ->capture_default_str();
    command->add_option("-o,--output", o.output, "File instead of the terminal")->type_name("FILE");
    command->add_option("--name-suffix", o.name_suffix, "Appended to the array's name");
    return command;
}

void print_info(const Key& key, bool json) {
    const auto type = std::string(name_of(key.kind()));
    if (json) {
        const nlohmann::ordered_json info{
            {"key", key.path()}, {"type", type}, {"private", key.has_private()}, {"hash", to_hex(key.key_hash())}};
        return fmt::print("{}\n", info.dump(2));
    }
    fmt::print("{}: {}, {}\n  hash  {}\n", key.path(), type, key.has_private() ? "private" : "public",
               to_hex(key.key_hash()));
}

} // namespace

void add_keygen_command(CLI::App& app) {
    auto* command = app.add_subcommand("keygen", "Make a key pair, for signing or for encryption");
    struct Options {
        std::string key;
        std::string type;
        bool password = false;
    };
    const auto o = std::make_shared<Options>();
    command->add_option("-k,--key", o->key, "File for the private key (PEM, mode 0600); must not exist yet")
        ->type_name("FILE")
        ->required();
    command->add_option("-t,--type", o->type, "Type of the key")->required()->check(CLI::IsMember(kind_names()));
    command->add_flag("-p,--password", o->password,
                      "Protect the file with a password: asked for, or from the variable OUTBOOT_PASSWORD");
    command->callback([o] {
        std::optional<std::string> password;
        if (o->password) password = choose_password(o->key);
        create_file(o->key, Key::generate(kinds().at(o->type)).private_pem(password), Access::secret);
    });
    command->footer("Example, a key for signing images and one for a device:\n"
                    "  outboot keygen -t ecdsa-p256 -k sign.pem -p\n"
                    "  outboot keygen -t ecdsa-p256 -k device.pem");
}

void add_getpub_command(CLI::App& app) {
    const auto o = std::make_shared<PublicOptions>();
    auto* command =
        add_public_command(app, "getpub", "Write the public half of a key", {"lang-c", "lang-rust", "pem", "raw"}, *o);
    command->add_option("-l,--lang", o->language, "The same as --encoding lang-...")
        ->check(CLI::IsMember({"c", "rust"}));
    command->callback([o] { put_out(public_form(Key::load(o->key, "key"), *o), o->output); });
    command->footer("Example, what images for a device are encrypted with:\n"
                    "  outboot getpub -k device.pem -e pem -o device-public.pem");
}

void add_getpubhash_command(CLI::App& app) {
    const auto o = std::make_shared<PublicOptions>();
    auto* command = add_public_command(app, "getpubhash", "Write the SHA-256 of the public half of a key",
                                       {"lang-c", "raw", "hex"}, *o);
    command->callback([o] { put_out(hash_form(Key::load(o->key, "key"), *o), o->output); });
    command->footer("Example:\n  outboot getpubhash -k sign.pem -e hex");
}

void add_getpriv_command(CLI::App& app) {
    auto* command = app.add_subcommand("getpriv", "Write a private key as a C array, for MCUboot's encryption key");
    struct Options {
        std::string key;
        std::string format;
        std::string output;
        bool minimal = false;
    };
    const auto o = std::make_shared<Options>();
    command->add_option("-k,--key", o->key, "Key file (PEM), private")->type_name("FILE")->required();
    command->add_option("-f,--format", o->format, "pkcs8, or openssl for PKCS#1 and SEC1; default: as MCUboot reads it")
        ->check(CLI::IsMember({"openssl", "pkcs8"}));
    command->add_flag("--minimal", o->minimal,
                      "Leave out what follows from the rest: the public half, RSA's exponents");
    command->add_option("-o,--output", o->output, "File (mode 0600) instead of the terminal")->type_name("FILE");
    command->callback([o] {
        const auto key = Key::load(o->key, "key");
        key.require_private("key");
        auto form = default_form(key.kind());
        if (!o->format.empty()) form = o->format == "pkcs8" ? PrivateForm::pkcs8 : PrivateForm::openssl;
        put_out(c_array("enc_priv_key", private_der(key, form, o->minimal)), o->output, Access::secret);
    });
    command->footer("Example:\n  outboot getpriv -k device.pem --minimal -o enc_key.c");
}

void add_keyinfo_command(CLI::App& app) {
    auto* command = app.add_subcommand("keyinfo", "Say what a key file holds");
    struct Options {
        std::string key;
        std::string require;
        bool json = false;
    };
    const auto o = std::make_shared<Options>();
    command->add_option("-k,--key", o->key, "Key file (PEM)")->type_name("FILE")->required();
    command->add_option("--require", o->require, "Fail unless it is a private, or a public key")
        ->check(CLI::IsMember({"private", "public"}));
    command->add_flag("--json", o->json, "Result as JSON");
    command->callback([o] {
        const auto key = Key::load(o->key, "key");
        print_info(key, o->json);
        if (!o->require.empty() && key.has_private() != (o->require == "private"))
            throw Failure(fmt::format("{} isn't a {} key", o->key, o->require));
    });
    command->footer("Example, for a script that must not publish a private key:\n"
                    "  outboot keyinfo -k device-public.pem --require public");
}

} // namespace outboot::tool
