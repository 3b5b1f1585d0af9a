package org.rlaif.training.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rlaif.serving.grpc.JavaProgram;

/**
 * The programs of our pages, whole, in a folder like ours, against the servers that the pages
 * start: of the quickstart, and of its sister that takes chats.
 */
class PagesTest {
  @TempDir static Path folder;
  private static final List<TypedServer> SERVERS = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    Files.createSymbolicLink(folder.resolve("proto"), Pages.ROOT.resolve("proto"));
    Files.createFile(folder.resolve("rlaif")); // what the programs make must not meet the launcher
    quickstart("quickstart");
    quickstart("chats", "--set", "data.chat=true", "--set", "data.system=Sum up.");
    for (String run : List.of("quickstart", "chats")) {
      SERVERS.add(TypedServer.start("serve", run(run), "--threads", "1"));
    }
  }

  @AfterAll
  static void stop() throws InterruptedException {
    for (TypedServer server : SERVERS) {
      server.close();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void theJavaProgramsRun(int server) throws Exception {
    List<String> programs = Pages.blocks(Pages.CALLS, "java");
    for (String program : programs.subList(0, 2)) {
      String said = JavaProgram.run(program, SERVERS.get(server).address(), folder, Map.of());
      holds(said, program.contains("class Ask"), server == 1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void thePythonProgramRuns(int server) throws Exception {
    wants("python3", "-c", "import grpc, grpc_tools");
    String begin = Pattern.quote("mkdir -p stubs\n");
    Matcher making =
        Pattern.compile("(?s)```console\n(" + begin + ".*?)```").matcher(Pages.text(Pages.CALLS));
    assertTrue(making.find(), "how the stubs are made");
    Path program =
        Files.writeString(folder.resolve("ask.py"), Pages.blocks(Pages.CALLS, "python").get(0));
    String said = run(server, "bash", "-ec", making.group(1) + "python3 " + program);
    holds(said, true, server == 1);
    assertTrue(said.contains("\nNOT_FOUND "), said);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void theNodeProgramRuns(int server) throws Exception {
    wants("node", "-e", "require('@grpc/grpc-js'); require('@grpc/proto-loader')");
    Path program =
        Files.writeString(folder.resolve("ask.js"), Pages.blocks(Pages.CALLS, "js").get(0));
    String said = run(server, "node", program.toString());
    holds(said, true, server == 1);
    assertTrue(said.contains("\nNOT_FOUND "), said);
  }

  @Test
  void thePythonProgramsRunOnWhatWasExported() throws Exception {
    wants("python3", "-c", "import numpy, onnxruntime, tokenizers");
    for (String model : List.of("ppo", "reward")) {
      String from = run("quickstart") + "/" + model + "/model";
      String out = run("quickstart") + "/" + model.replace("ppo", "policy") + "-onnx";
      Typed exported = Typed.rlaif("export", "--model", from, "--out", out);
      assertEquals(0, exported.code(), exported.err());
    }
    List<String> programs = Pages.blocks(Pages.MODELS, "python");
    assertTrue(!programs.isEmpty(), "programs");
    for (String source : programs) {
      Path program = Files.writeString(folder.resolve("exported.py"), source);
      String said = run(0, "python3", program.toString());
      if (source.contains("policy-onnx")) {
        assertTrue(said.startsWith("My uncle Emil took my coat."), said);
      } else {
        assertEquals(score(source), Double.parseDouble(said.strip()), 1e-4);
      }
    }
  }

  /** What {@code rlaif score} says of the program's prompt and completion. */
  private static double score(String program) {
    Typed typed =
        Typed.rlaif(
            "score",
            run("quickstart"),
            "--address",
            SERVERS.get(0).address(),
            "--prompt",
            text(program, "prompt"),
            "--completion",
            text(program, "completion"));
    assertEquals(0, typed.code(), typed.err());
    return Double.parseDouble(typed.out().strip());
  }

  /** A variable's value, whose escapes are those of Java as well. */
  private static String text(String program, String variable) {
    Matcher set = Pattern.compile("(?m)^" + variable + " = \"(.*)\"$").matcher(program);
    assertTrue(set.find(), variable);
    return set.group(1).translateEscapes();
  }

  private static void holds(String said, boolean all, boolean chats) {
    assertTrue(Pattern.compile("(?m)^score -?[0-9.]+").matcher(said).find(), said);
    if (all) {
      for (String line : List.of("model policy", "model reward", "sample 3", "logprobs ")) {
        assertTrue(("\n" + said).contains("\n" + line), said);
      }
      assertEquals(chats, said.contains("\nreply "), said);
    }
  }

  private static void quickstart(String name, String... more) {
    List<String> words = new ArrayList<>(List.of("quickstart", "--name", name));
    words.addAll(List.of("--runs", folder + "/runs"));
    words.addAll(List.of(more));
    ReadmeTest.TINY.forEach(setting -> words.addAll(List.of("--set", setting)));
    Typed result = Typed.rlaif(words.toArray(String[]::new));
    assertEquals(0, result.code(), result.err());
  }

  private static String run(String name) {
    return folder + "/runs/" + name;
  }

  /** Maven brings neither language, and the build must not need them; checks of changes do. */
  private static void wants(String... command) throws InterruptedException {
    boolean there;
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getInputStream().transferTo(OutputStream.nullOutputStream());
      there = process.waitFor() == 0;
    } catch (IOException absent) {
      there = false;
    }
    assumeTrue(there, () -> "not installed: " + String.join(" ", command));
  }

  /** What it printed on both streams. */
  private static String run(int server, String... command)
      throws IOException, InterruptedException {
    var builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    builder.environment().put("RLAIF_ADDRESS", SERVERS.get(server).address());
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), "still running after 60 s: " + said);
    assertEquals(0, process.exitValue(), said);
    return said;
  }
}
