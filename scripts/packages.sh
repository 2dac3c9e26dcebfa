# shellcheck shell=bash
# The Debian packages that portgauge needs, by what for. Sourced by scripts/install.
# shellcheck disable=SC2034

# gcc and clang (BPF), the skeleton generator, and the libraries of the design.
packages_build=(
	gcc libc6-dev linux-libc-dev clang llvm bpftool cmake ninja-build
	libbpf-dev libxdp-dev libelf-dev zlib1g-dev liburing-dev libfyaml-dev libjansson-dev
	libmnl-dev libmd-dev
)
# `ip netns exec` reaches the lab's hosts, nft loads the nftables plane, gnuplot draws.
packages_run=(iproute2 nftables gnuplot-nox)
packages_test=(
	libcmocka-dev tcpdump ethtool procps python3-minimal libclang-rt-14-dev
	clang-format clang-tidy cppcheck shellcheck universal-ctags
)
