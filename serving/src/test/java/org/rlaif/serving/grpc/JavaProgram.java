package org.rlaif.serving.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/**
 * A program from our documentation, compiled and run in a process of its own that has the client
 * and what it stands on, and nothing else of ours.
 */
public final class JavaProgram {
  private static final Path CLIENT = Path.of("../proto/client").toAbsolutePath().normalize();
  private static final Pattern CLASS = Pattern.compile("(?m)^(?:public )?final class (\\w+)");

  private JavaProgram() {}

  /** What it printed, run in that folder. Its address 127.0.0.1:7070 is replaced. */
  public static String run(
      String source, String address, Path folder, Map<String, String> environment)
      throws IOException, InterruptedException {
    Matcher name = CLASS.matcher(source);
    assertTrue(name.find(), source);
    Path classes = Files.createTempDirectory(folder, "program");
    Path file = classes.resolve(name.group(1) + ".java");
    Files.writeString(file, source.replace("127.0.0.1:7070", address));
    compile(file, classes);
    Process process = start(name.group(1), classes, folder, environment);
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), "still running after 60 s: " + said);
    assertEquals(0, process.exitValue(), said);
    return said;
  }

  private static void compile(Path file, Path classes) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    assertNotNull(compiler, "tests need a JDK");
    var messages = new StringWriter();
    try (var files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
      List<String> options =
          List.of("-d", classes.toString(), "-cp", clientAlone(), "-Xlint:all", "-proc:none");
      boolean compiled =
          compiler
              .getTask(messages, files, null, options, null, files.getJavaFileObjects(file))
              .call();
      assertTrue(compiled, messages.toString());
    }
  }

  private static Process start(
      String name, Path classes, Path folder, Map<String, String> environment) throws IOException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    var builder =
        new ProcessBuilder(java.toString(), name)
            .directory(folder.toFile())
            .redirectErrorStream(true);
    builder.environment().put("CLASSPATH", classes + File.pathSeparator + clientAlone());
    builder.environment().putAll(environment);
    return builder.start();
  }

  /** As the client's build has written it. */
  private static String clientAlone() throws IOException {
    String behind = Files.readString(CLIENT.resolve("target/classpath"));
    for (String engine : List.of("onnxruntime", "bytedeco", "djl", "rlaif-kit", "rlaif-model")) {
      assertEquals(-1, behind.indexOf(engine), behind);
    }
    return CLIENT.resolve("target/classes") + File.pathSeparator + behind;
  }
}
