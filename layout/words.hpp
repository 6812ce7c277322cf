// The words a layout file may use, and what each means: one table each for reader, schema and whoever prints them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "layout/spec.hpp"

namespace outboot::layouts::words {

template <class T>
struct Word {
    std::string text;
    T value;
};

inline const std::vector<Word<core::Plan>> plans{
    {"offset", core::Plan::offset}, {"scratch", core::Plan::scratch}, {"overwrite", core::Plan::overwrite}};
inline const std::vector<Word<Memory>> memories{
    {"code_flash", Memory::code_flash}, {"data_flash", Memory::data_flash}, {"external", Memory::external}};
inline const std::vector<Word<Role>> roles{{"bootloader", Role::bootloader},  {"primary", Role::primary},
                                           {"secondary", Role::secondary},    {"hole", Role::hole},
                                           {"scratch", Role::scratch},        {"journal", Role::journal},
                                           {"application", Role::application}};
inline const std::vector<Word<Signature>> signatures{{"ecdsa-p256", Signature::ecdsa_p256}};
inline const std::vector<Word<Encryption>> encryptions{{"none", Encryption::none},
                                                       {"ecies-p256-aes128", Encryption::ecies_p256_aes128}};

inline const std::vector<Word<bool>> optimizations{{"size", false}, {"speed", true}};

template <class T>
std::vector<std::string> texts(const std::vector<Word<T>>& words) {
    std::vector<std::string> all;
    all.reserve(words.size());
    for (const auto& word : words) all.push_back(word.text);
    return all;
}

template <class T>
std::optional<T> value(const std::vector<Word<T>>& words, const std::optional<std::string>& text) {
    for (const auto& word : words)
        if (text == word.text) return word.value;
    return std::nullopt;
}

template <class T>
std::string text(const std::vector<Word<T>>& words, T value) {
    for (const auto& word : words)
        if (word.value == value) return word.text;
    return "?";
}

} // namespace outboot::layouts::words
