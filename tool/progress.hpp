// How far slow work has got: a line on stderr that comes and goes, on a terminal only.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace outboot::tool {

class Progress {
  public:
    // `total`: of whatever at() counts.
    Progress(std::string what, std::uint64_t total);
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    ~Progress(); // wipes the line away

    void at(std::uint64_t done);

  private:
    using Clock = std::chrono::steady_clock;

    std::string what_;
    std::uint64_t total_;
    bool on_terminal_;
    bool shown_ = false;
    Clock::time_point next_; // what is done before isn't worth a line
};

} // namespace outboot::tool
