#include "tests/tool/product.hpp"

#include <algorithm>
#include <random>

#include "format/image.hpp"

namespace outboot::tool {

const layouts::Model& product_layout() {
    static const auto model = *layouts::load(layout_file).model;
    return model;
}

ByteVector program(std::size_t bytes, std::uint32_t address) {
    std::mt19937 random(static_cast<unsigned>(bytes));
    ByteVector content(bytes);
    for (auto& byte : content) byte = static_cast<std::uint8_t>(random());
    format::put32(content.data(), 0x20010000);         // initial stack pointer
    format::put32(content.data() + 4, address + 0x11); // reset vector, Thumb
    return content;
}

ByteVector program_elf(const std::vector<ElfSection>& more, std::size_t bytes) {
    std::vector<ElfSection> sections{{".text", program_address, program(bytes)}};
    sections.insert(sections.end(), more.begin(), more.end());
    return build_elf(sections, product_layout().core.fingerprint);
}

Ran sign(const Workspace& workspace, const std::string& input, const std::string& output,
         const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"sign", "--layout", layout_file, "-k", sign_key, "-v", "1.2.3"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    arguments.insert(arguments.end(), {input, output});
    return workspace.outboot(arguments);
}

Ran sign_for_mcuboot(const Workspace& workspace, const std::vector<std::string>& more, std::size_t bytes) {
    workspace.write("app.bin", program(bytes));
    std::vector<std::string> arguments{"sign", "-H", "0x200", "--pad-header"};
    for (const auto& [option, value] : {std::pair{"-S", "0x20000"}, {"-v", "1.2.3"}})
        if (std::find(more.begin(), more.end(), option) == more.end())
            arguments.insert(arguments.end(), {option, value});
    arguments.insert(arguments.end(), more.begin(), more.end());
    arguments.insert(arguments.end(), {"app.bin", "out.bin"});
    return workspace.outboot(arguments);
}

} // namespace outboot::tool
