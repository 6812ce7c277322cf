// What a program built from an emitted header sees of its layout.
#pragma once

#include "core/layout.hpp"

struct EmittedLayout {
    outboot::core::Layout layout;
    outboot::core::Region parameters;
    outboot::core::Region assets;
    outboot::core::Region files;
};

const EmittedLayout& emitted_offset();
const EmittedLayout& emitted_scratch();
const EmittedLayout& emitted_overwrite();
