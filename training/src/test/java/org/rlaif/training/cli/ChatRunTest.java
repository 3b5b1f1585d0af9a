package org.rlaif.training.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.Candidates;
import org.rlaif.kit.Example;
import org.rlaif.kit.Json;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.Message;
import org.rlaif.kit.Preference;
import org.rlaif.kit.Prompt;
import org.rlaif.model.GoldenFamilies;
import org.rlaif.training.onpolicy.RolloutRow;

/** Whole runs on conversations, with the real engines and models that know nothing. */
class ChatRunTest {
  private static final String JUDGED =
      TinyRun.YAML.replace("evaluation: {", "evaluation: {judge: configured, ");

  @TempDir Path folder;

  /** From scratch, with a judge; then on from there, with people and an adapter. */
  @Test
  void everyStageTakesConversations() throws IOException {
    Path talks =
        rows(
            "talks.jsonl",
            i ->
                """
                {"messages": [{"role": "user", "content": "Say %1$d"},
                  {"role": "assistant", "content": "%1$d it is."},
                  {"role": "user", "content": "Once more?"},
                  {"role": "assistant", "content": "%1$d, <b>once</b> more."}]}\
                """
                    .formatted(i));
    Path yaml = yaml("talks.yaml", talks, "");
    Typed typed = run(yaml, "a");
    assertEquals(0, typed.code(), typed.err());
    assertFalse(typed.out().contains("Ask it"), "no command line has room for two turns");
    Path run = folder.resolve("a/tiny");
    Example example = JsonLines.read(run.resolve("data/train.jsonl"), Example.class).get(0);
    assertTrue(example.everyTurn());
    assertTrue(example.prompt().transcript().endsWith(" it is.\n\nUser: Once more?"));
    Candidates asked =
        JsonLines.read(run.resolve("candidates/candidates.jsonl"), Candidates.class).get(0);
    assertEquals(3, ((Prompt.Chat) asked.prompt()).messages().size());
    RolloutRow rollout =
        JsonLines.read(run.resolve("ppo/rollouts/0000.jsonl"), RolloutRow.class).get(0);
    assertTrue(rollout.prompt() instanceof Prompt.Chat);
    JsonNode report = Json.MAPPER.readTree(run.resolve("report.json").toFile());
    assertTrue(report.at("/parity/maxAbsLogprobDifference").asDouble() <= 1e-4);
    assertEquals(1, report.at("/firstMinibatch/ratioMax").asDouble(), 1e-4);
    String page = Files.readString(run.resolve("report.html"));
    assertTrue(page.contains(" it is.\n\nUser: Once more?"), "the report shows transcripts");
    assertTrue(page.contains("&lt;b&gt;once"), "text of the data is escaped");
    for (String stage : List.of("sft", "reward", "ppo")) {
      assertTrue(Files.exists(run.resolve(stage + "/model/chat_template.jinja")), stage);
    }

    Path pairs =
        rows(
            "pairs.jsonl",
            i ->
                """
                {"prompt": "Say %1$d",
                  "chosen": [{"role": "user", "content": "Say %1$d"},
                    {"role": "assistant", "content": "%1$d."}],
                  "rejected": [{"role": "user", "content": "Say %1$d"},
                    {"role": "assistant", "content": "No."}]}\
                """
                    .formatted(i));
    Typed further =
        run(
            yaml("pairs.yaml", pairs, ", system: Be brief."),
            "b",
            "--model",
            run.resolve("ppo/model").toString(),
            "--set",
            "model.adapter.rank=2");
    assertEquals(0, further.code(), further.err());
    Path adapted = folder.resolve("b/tiny");
    Preference preference =
        JsonLines.read(adapted.resolve("label/train.jsonl"), Preference.class).get(0);
    List<Message> messages = ((Prompt.Chat) preference.prompt()).messages();
    assertEquals(Message.system("Be brief."), messages.get(0));
    assertEquals("human", preference.provenance().source());
    assertTrue(Files.exists(adapted.resolve("ppo/model/adapter_config.json")));
    assertTrue(Files.exists(adapted.resolve("ppo/model/chat_template.jinja")));
    assertTrue(
        further.out().contains("Ask it:   ./rlaif generate " + adapted + " --system $'Be brief.' "),
        further.out());
  }

  @Test
  void aModelWithoutATemplateIsNamed() throws IOException {
    Path yaml = Files.writeString(folder.resolve("tiny.yaml"), TinyRun.YAML + TinyRun.POSTS);
    Path model = GoldenFamilies.unpack("smollm", folder);
    Typed typed = run(yaml, "b", "--model", model.toString(), "--set", "data.chat=true");
    assertEquals(2, typed.code());
    assertTrue(
        typed
            .err()
            .startsWith(
                "rlaif: data.chat: true, and no chat template in "
                    + model
                    + " (expected: chat_template.jinja,"),
        typed.err());
    assertFalse(Files.exists(folder.resolve("b/tiny/data")), "before the first stage");
  }

  private Path rows(String name, IntFunction<String> row) throws IOException {
    return Files.write(
        folder.resolve(name),
        IntStream.range(0, 60).mapToObj(i -> row.apply(i).replace("\n", " ")).toList());
  }

  private Path yaml(String name, Path data, String more) throws IOException {
    return Files.writeString(
        folder.resolve(name),
        JUDGED
            + "data: {source: files, files: ['%s'], validation: 0.1, test: 0.2%s}\n"
                .formatted(data, more));
  }

  private Typed run(Path yaml, String runs, String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("run", yaml.toString(), "--runs", folder.resolve(runs).toString()));
    arguments.addAll(List.of(more));
    return Typed.rlaif(arguments.toArray(String[]::new));
  }
}
