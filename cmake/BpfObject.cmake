# bpf_object(NAME): NAME.bpf.c -> NAME.bpf.o -> NAME.skel.h
#
# Makes the interface target bpf_NAME: link it to include "NAME.skel.h".
find_program(PG_CLANG NAMES clang REQUIRED)
find_program(PG_BPFTOOL NAMES bpftool PATHS /usr/sbin REQUIRED)

if(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
  set(PG_BPF_ARCH arm64)
else()
  set(PG_BPF_ARCH x86)
endif()

function(bpf_object name)
  set(src ${CMAKE_CURRENT_SOURCE_DIR}/${name}.bpf.c)
  set(obj ${CMAKE_CURRENT_BINARY_DIR}/${name}.bpf.o)
  set(skel ${CMAKE_CURRENT_BINARY_DIR}/${name}.skel.h)
  add_custom_command(
    OUTPUT ${obj}
    # -target bpf does not look into the multiarch folder, where asm/types.h is.
    COMMAND ${PG_CLANG} -g -O2 -target bpf -mcpu=v3 -D__TARGET_ARCH_${PG_BPF_ARCH}
            -Wall -Wextra -Werror -Wno-unused-parameter -Wno-address-of-packed-member
            -I${CMAKE_SOURCE_DIR} -idirafter /usr/include/${CMAKE_LIBRARY_ARCHITECTURE}
            -MD -MF ${obj}.d -MT ${obj} -c ${src} -o ${obj}
    DEPENDS ${src}
    DEPFILE ${obj}.d
    VERBATIM)
  add_custom_command(
    OUTPUT ${skel}
    COMMAND ${PG_BPFTOOL} gen skeleton ${obj} name ${name}_bpf > ${skel}
    DEPENDS ${obj}
    VERBATIM)
  add_custom_target(bpf_${name}_skel DEPENDS ${skel})
  add_library(bpf_${name} INTERFACE)
  add_dependencies(bpf_${name} bpf_${name}_skel)
  target_include_directories(bpf_${name} INTERFACE ${CMAKE_CURRENT_BINARY_DIR})
endfunction()
