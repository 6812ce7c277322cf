// What `outboot doctor` was given, and all checks that can be made of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tool/doctor/report.hpp"

namespace outboot::tool::doctor {

// Paths, empty where nothing was given.
struct Given {
    std::string layout;
    std::string bootloader;
    std::string app;
    std::vector<std::string> images;
    std::string flash;
    std::string data;
    std::string external;
    std::string emitted;
    std::vector<std::string> verify_keys;
    std::string decrypt_key;
};

// Throws Failure for a file that can't be read or a key that is none; what is wrong with anything else is a finding.
Report examine(const Given& given);

} // namespace outboot::tool::doctor
