// outboot layout map
#include "tool/layout_map_command.hpp"

#include <memory>

#include <fmt/format.h>

#include "layout/emit.hpp"
#include "layout/map.hpp"
#include "layout/svg.hpp"
#include "layout/text.hpp"
#include "tool/console.hpp"
#include "tool/failure.hpp"
#include "tool/files.hpp"
#include "tool/image_file.hpp"
#include "tool/layout_loading.hpp"
#include "tool/program.hpp"

namespace outboot::tool {
namespace {

struct MapOptions {
    std::string layout;
    std::vector<std::string> elfs;
    std::vector<std::string> images;
    std::string svg;
    std::string html;
    bool json = false;
};

std::uint32_t image_size(const std::string& path, const layouts::Model& model) {
    const auto size = ImageFile::parse(read_content(path, "the image")).image_bytes();
    if (size > model.max_image)
        print_warning(fmt::format("{} has {}, this layout's images have {} at most", path, layouts::bytes_text(size),
                                  layouts::bytes_text(model.max_image)),
                      "`outboot sign --layout` refuses such an image and says what takes the room");
    return static_cast<std::uint32_t>(size);
}

layouts::Contents contents_of(const MapOptions& options, const layouts::Model& model) {
    layouts::Contents contents;
    for (const auto& path : options.elfs) {
        const auto program = load_program(path);
        if (program.kind == ProgramKind::binary)
            throw Failure(fmt::format("{} says nothing of addresses", path),
                          "give --elf an ELF or Intel HEX file, --image a signed image");
        for (const auto& piece : program.pieces)
            contents.bytes.push_back({piece.name.empty() ? path : piece.name, piece.address, piece.data.size()});
    }
    if (options.images.size() > 2)
        throw Failure("more than two images", "give the one that runs, then the one that is staged");
    if (!options.images.empty()) {
        contents.running_image = image_size(options.images.front(), model);
        contents.staged_image = image_size(options.images.back(), model);
    }
    return contents;
}

void map(const MapOptions& options) {
    const layouts::Model model = load_layout(options.layout);
    if (options.json) {
        fmt::print("{}", layouts::json(model));
        return;
    }
    const auto contents = contents_of(options, model);
    if (!options.svg.empty()) write_file(options.svg, layouts::svg(model, contents));
    if (!options.html.empty()) write_file(options.html, layouts::html_page(model, contents));
    if (options.svg.empty() && options.html.empty())
        fmt::print("{}", layouts::picture(model, contents, stdout_has_colours()));
}

} // namespace

void add_layout_map(CLI::App& layout) {
    auto* command = layout.add_subcommand("map", "Draw its memories to scale, and how full they are");
    const auto options = std::make_shared<MapOptions>();
    command->add_option("LAYOUT", options->layout, "Layout file (TOML)")->required();
    command->add_option("--elf", options->elfs, "ELF or Intel HEX file whose bytes fill the regions; may be repeated")
        ->type_name("FILE")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    command
        ->add_option("--image", options->images,
                     "Signed image, in the primary and the secondary slot; given twice: the one that runs, the one "
                     "that is staged")
        ->type_name("FILE")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    command->add_option("--svg", options->svg, "Write the picture there instead, as SVG")->type_name("FILE");
    command->add_option("--html", options->html, "Write a page there instead: the picture, times and wear")
        ->type_name("FILE");
    command->add_flag("--json", options->json, "The layout as JSON")->excludes("--svg")->excludes("--html");
    command->callback([options] { map(*options); });
    command->footer(
        "\nExample, how full a product is:\n"
        "  outboot layout map layout.toml --elf bootloader.elf --elf app.elf --image app.img --html map.html\n");
}

} // namespace outboot::tool
