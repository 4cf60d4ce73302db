// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import io.github.spawn4j.internal.os.NativeLibrary;

/** Loads the native library, and prints "loaded" or why not. */
public final class LoadLibrary {
    private LoadLibrary() {}

    public static void main(String[] args) {
        System.out.println(
                NativeLibrary.failure().map(UnsatisfiedLinkError::getMessage).orElse("loaded"));
    }
}
