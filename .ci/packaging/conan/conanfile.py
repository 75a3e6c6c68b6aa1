"""The package of the repository that this recipe lies in, for Conan 2."""
import os

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy

ROOT = os.path.join(os.pardir, os.pardir, os.pardir)


class Tensormerge(ConanFile):
    name = "tensormerge"
    version = "0.1.0"
    description = "Header-only C++20 library that merges the weights of neural networks"
    license = "MIT"
    package_type = "header-library"
    settings = "os", "arch", "compiler", "build_type"

    def export_sources(self):
        root = os.path.join(self.recipe_folder, ROOT)
        for name in ("CMakeLists.txt", "LICENSE", "include/*", "schema/*", "codegen/*"):
            copy(self, name, src=root, dst=self.export_sources_folder)

    def layout(self):
        cmake_layout(self)

    def requirements(self):
        self.requires("boost/[>=1.74]", transitive_headers=True, options={"header_only": True})
        self.requires("eigen/[>=3.4 <4]", transitive_headers=True)
        self.requires("nlohmann_json/[>=3.11 <4]", transitive_headers=True)
        self.requires("yaml-cpp/[>=0.7 <1]", transitive_headers=True)

    def validate(self):
        check_min_cppstd(self, 20)

    def generate(self):
        CMakeDeps(self).generate()
        toolchain = CMakeToolchain(self)
        for name in ("BUILD_TESTS", "BUILD_EXAMPLES", "NATIVE"):
            toolchain.cache_variables[f"TENSORMERGE_{name}"] = False
        generator = self.conf.get("user.tensormerge:codegen")
        if generator:
            toolchain.cache_variables["TENSORMERGE_CODEGEN"] = generator
        toolchain.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))
        CMake(self).install()

    def package_id(self):
        # Headers and a generator: nothing of the consumer's compiler and build type is in them.
        del self.info.settings.compiler
        del self.info.settings.build_type

    def package_info(self):
        # Our own package file has the targets, the dependencies and the functions of CMake.
        self.cpp_info.set_property("cmake_find_mode", "none")
        self.cpp_info.builddirs = [os.path.join("lib", "cmake", "tensormerge")]
        self.cpp_info.bindirs = ["bin"]
        self.cpp_info.libdirs = []
