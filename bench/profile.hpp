// Where the CPU is, sampled: how much of a time or of a number of instructions belongs to which part.
#pragma once

#include <vector>

#include "bench/parts.hpp"

namespace outboot::bench {

class Profile {
  public:
    explicit Profile(const Firmware& firmware) : firmware_(firmware), samples_(parts().size()) {}

    void sample(std::uint32_t pc) { ++samples_[part_of(firmware_, pc)], ++all_; }

    struct Share {
        std::string_view part;
        double share = 0; // of 1
    };
    // The largest first; what is below half a percent is left out.
    [[nodiscard]] std::vector<Share> shares() const;

  private:
    const Firmware& firmware_;
    std::vector<std::uint64_t> samples_; // by part
    std::uint64_t all_ = 0;
};

} // namespace outboot::bench
