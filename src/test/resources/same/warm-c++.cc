#include <iostream>
#include <stdexcept>
#include <thread>

static thread_local int number = 7;

struct Early {
    Early() { std::cout << "constructed\n"; }
    ~Early() { std::cout << "destroyed\n"; }
} early;

int main(int argc, char **argv) {
    std::thread([] { std::cout << number++ << "\n"; }).join();
    for (int i = 0; i < argc; i++) {
        std::cout << argv[i] << "\n";
    }
    try {
        throw std::runtime_error("caught");
    } catch (const std::exception &e) {
        std::cout << e.what() << number << std::endl;
    }
    throw std::runtime_error("not caught");
}
