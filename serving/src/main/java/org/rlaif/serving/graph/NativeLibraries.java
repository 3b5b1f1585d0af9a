package org.rlaif.serving.graph;

import ai.onnxruntime.OrtEnvironment;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.UserError;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Unpacks ONNX Runtime's native libraries once per version into the user's cache. Left alone it
 * unpacks 24 MB into the temporary folder at every start, and whoever is killed leaves them there.
 */
final class NativeLibraries {
  private static final Logger LOG = LoggerFactory.getLogger(NativeLibraries.class);

  /** Where ONNX Runtime looks for them before it unpacks its own. */
  private static final String PATH = "onnxruntime.native.path";

  private static final String FOLDER = "/ai/onnxruntime/native/linux-x64/";
  private static final List<String> FILES = List.of("libonnxruntime.so", "libonnxruntime4j_jni.so");

  private NativeLibraries() {}

  /** To be called before the first use of ONNX Runtime. */
  static void unpack() {
    boolean ours =
        System.getProperty("os.name").equals("Linux")
            && System.getProperty("os.arch").equals("amd64");
    if (!ours || System.getProperty(PATH) != null) {
      return;
    }
    try {
      Path folder = cache().resolve("onnxruntime-" + checksum());
      if (!Files.isDirectory(folder)) {
        AtomicFiles.folder(folder, NativeLibraries::copyTo);
      }
      System.setProperty(PATH, folder.toString());
    } catch (IOException | UserError e) {
      LOG.info("ONNX Runtime unpacks its libraries into the temporary folder", e);
    }
  }

  private static Path cache() {
    String home = System.getenv("XDG_CACHE_HOME");
    Path caches =
        home == null || home.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(home);
    return caches.resolve("rlaif");
  }

  /** Of the library, as the jar's directory has it; another version has another. */
  private static String checksum() throws IOException {
    if (resource(FILES.get(0)).openConnection() instanceof JarURLConnection jar) {
      return Long.toHexString(jar.getJarEntry().getCrc());
    }
    throw new IOException("ONNX Runtime is not in a jar");
  }

  private static void copyTo(Path folder) throws IOException {
    for (String file : FILES) {
      try (InputStream in = resource(file).openStream()) {
        Files.copy(in, folder.resolve(file));
      }
    }
  }

  private static URL resource(String file) {
    URL url = OrtEnvironment.class.getResource(FOLDER + file);
    if (url == null) {
      throw new UncheckedIOException(new IOException(FOLDER + file + " is not in the jar"));
    }
    return url;
  }
}
