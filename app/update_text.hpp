// Names of what outboot::Update answers, for people.
#pragma once

#include <array>
#include <string_view>

#include "app/update.hpp"

namespace outboot {

constexpr std::string_view name(UpdateResult result) {
    constexpr std::array<std::string_view, 10> names{"ok",           "busy",          "not confirmed", "too large",
                                                     "not begun",    "too much",      "incomplete",    "not an image",
                                                     "flash failed", "journal failed"};
    const auto number = static_cast<std::size_t>(result);
    return number < names.size() ? names[number] : "unknown";
}

} // namespace outboot
