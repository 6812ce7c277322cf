// The example product's layout as a text that tests change in one place.
#pragma once

#include <string>

#include "layout/model.hpp"

namespace outboot::layouts {

std::string example(const std::string& file = "layout.toml");

// `text` with the first `from` replaced; fails the test if there is none, so that no test changes nothing.
std::string with(std::string text, const std::string& from, const std::string& to);

// The text of one [[region]] table replaced by another, which may be empty.
std::string with_region(std::string text, const std::string& name, const std::string& replacement);

// The first error that mentions `words`; nullptr if there is none.
const Diagnostic* error_about(const Loaded& loaded, const std::string& words);
const Diagnostic* warning_about(const Loaded& loaded, const std::string& words);

// All messages, for the output of a failed expectation.
std::string all_messages(const Loaded& loaded);

} // namespace outboot::layouts
