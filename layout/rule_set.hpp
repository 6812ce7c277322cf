// What every rule of a layout works with. The rules stand by what they are about: region_rules.cpp, update_rules.cpp.
#pragma once

#include <vector>

#include "layout/diagnostics.hpp"
#include "layout/geometry.hpp"
#include "layout/model.hpp"
#include "layout/spec.hpp"

namespace outboot::layouts {

class Rules {
  public:
    Rules(const LayoutSpec& spec, const std::vector<Region>& regions, Diagnostics& diagnostics)
        : spec_(spec), regions_(regions), diagnostics_(diagnostics) {}

    // Each region by itself and beside its neighbours: names, roles, places.
    void regions();
    // What an update asks of them: sizes, chunks, journal, policy.
    void updates();

  private:
    void names();
    void roles();
    void role_occurs(Role role, bool wanted);
    void memories();
    void driver();
    void boundaries(const Region& region);
    void alignment(const Region& region);
    void gaps(Memory memory);

    void bootloader();
    void header();
    void secondary();
    void chunk_size();
    void chunk_alignment();
    void spare_room();
    void journal();
    void policy();
    void services();

    [[nodiscard]] const Region* find(Role role) const;
    [[nodiscard]] Geometry geometry(Memory memory) const;

    // The erase blocks of the primary slot; none unless it could be placed on their boundaries.
    [[nodiscard]] std::vector<core::BlockRun> primary_blocks() const;
    [[nodiscard]] std::vector<Chunk> chunks() const;

    void error(const Region& region, std::string problem, std::string value, std::string limit, std::string hint);
    void warn(const Region& region, std::string problem, std::string value, std::string limit, std::string hint);

    const LayoutSpec& spec_;
    const std::vector<Region>& regions_;
    Diagnostics& diagnostics_;
};

} // namespace outboot::layouts
