// How a command gives up: one message, one hint. main() prints it and exits with 1.
#pragma once

#include <stdexcept>
#include <string>

namespace outboot::tool {

class Failure : public std::runtime_error {
  public:
    explicit Failure(const std::string& message, std::string hint = {})
        : std::runtime_error(message), hint_(std::move(hint)) {}

    [[nodiscard]] const std::string& hint() const { return hint_; }

  private:
    std::string hint_;
};

} // namespace outboot::tool
