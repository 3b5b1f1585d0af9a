package org.rlaif.serving.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script of the archive, in folders like the archive's. */
class LauncherTest {
  private record Result(int code, String said) {}

  @TempDir static Path folder;
  private static Path home;

  @BeforeAll
  static void unpack() throws IOException {
    home = folder.resolve("with space/rlaif-server");
    Path scripts = Path.of("src/main/launcher");
    Path lib = Files.createDirectories(home.resolve("lib"));
    Files.createDirectories(home.resolve("bin"));
    Files.copy(scripts.resolve("rlaif-server"), home.resolve("bin/rlaif-server"));
    assertTrue(home.resolve("bin/rlaif-server").toFile().setExecutable(true));
    Files.copy(scripts.resolve("launch.sh"), lib.resolve("launch.sh"));
    // One jar that names all that this process runs on stands for the archive's.
    var manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest
        .getMainAttributes()
        .put(
            Attributes.Name.CLASS_PATH,
            Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(entry -> Path.of(entry).toUri().toString())
                .collect(Collectors.joining(" ")));
    new JarOutputStream(Files.newOutputStream(lib.resolve("all.jar")), manifest).close();
  }

  @Test
  void itStartsFromAnywhere() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("link"), home.resolve("bin/rlaif-server"));
    for (Path command : List.of(home.resolve("bin/rlaif-server"), link)) {
      Result result = run(Map.of(), command.toString(), "--version");
      assertEquals("rlaif-server development, Java " + Runtime.version() + "\n", result.said());
      assertEquals(0, result.code());
    }
    Result mistake = run(Map.of(), link.toString(), "serve", "no where");
    assertEquals(2, mistake.code());
    assertTrue(mistake.said().startsWith("rlaif-server: folder: no where"), mistake.said());
  }

  @Test
  void memoryAndOptionsCanBeSet() throws Exception {
    Map<String, String> settings =
        Map.of("RLAIF_HEAP", "123m", "RLAIF_JAVA_OPTS", "-XX:+PrintFlagsFinal -Dx=y");
    Result result = run(settings, home.resolve("bin/rlaif-server").toString(), "--version");
    long heap =
        Long.parseLong(result.said().split("size_t MaxHeapSize +=", 2)[1].strip().split(" ", 2)[0]);
    assertTrue(heap >= 123L << 20 && heap < 126L << 20, heap + " bytes");
  }

  @Test
  void javaThatIsTooOldOrMissingIsOneLine() throws Exception {
    Path old = Files.createDirectories(folder.resolve("old"));
    Files.createDirectories(old.resolve("bin"));
    Files.writeString(old.resolve("release"), "JAVA_VERSION=\"1.8.0_402\"\n");
    Path java = Files.createFile(old.resolve("bin/java"));
    assertTrue(java.toFile().setExecutable(true));
    String command = home.resolve("bin/rlaif-server").toString();
    assertEquals(
        new Result(1, "rlaif-server: " + java + " is version 8; 17 or newer is needed\n"),
        run(Map.of("JAVA_HOME", old.toString()), command));
    assertEquals(
        new Result(
            1, "rlaif-server: JAVA_HOME=/nowhere has no bin/java; Java 17 or newer is needed\n"),
        run(Map.of("JAVA_HOME", "/nowhere"), command));
  }

  private static Result run(Map<String, String> environment, String... words)
      throws IOException, InterruptedException {
    var builder = new ProcessBuilder(words).redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), said);
  }
}
