# pg_library(NAME SOURCES... LINK ...)
#
# One static library a folder. Includes are written from the root, and a folder
# can reach only what it links: scripts/check holds the direction
# bpf/*.h <- lib <- {gen, sink, dut} <- bench.
function(pg_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_library(pg_${name} STATIC ${ARG_SOURCES})
  target_include_directories(pg_${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(pg_${name} PUBLIC ${ARG_LINK})
endfunction()
