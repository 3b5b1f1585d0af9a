package org.rlaif.serving.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class NativeLibrariesTest {
  @Test
  void areUnpackedOnceAndWhole() throws IOException {
    NativeLibraries.unpack();

    Path folder = Path.of(System.getProperty("onnxruntime.native.path"));
    for (String name : new String[] {"libonnxruntime.so", "libonnxruntime4j_jni.so"}) {
      URL packed =
          ai.onnxruntime.OrtEnvironment.class.getResource(
              "/ai/onnxruntime/native/linux-x64/" + name);
      assertNotNull(packed);
      assertEquals(
          packed.openConnection().getContentLengthLong(), Files.size(folder.resolve(name)), name);
    }
    assertTrue(folder.getFileName().toString().startsWith("onnxruntime-"));
  }
}
