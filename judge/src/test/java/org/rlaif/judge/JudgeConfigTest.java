package org.rlaif.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rlaif.kit.ConfigFiles;
import org.rlaif.kit.Json;
import org.rlaif.kit.UserError;

final class JudgeConfigTest {
  private static final JudgeConfig DEFAULTS = JudgeConfig.load(null, List.of());

  @TempDir private Path folder;

  @Test
  void aWordChoosesAnotherKindOnTopOfTheDefaults() {
    assertInstanceOf(RubricJudge.Config.class, DEFAULTS.chosen());
    JudgeConfig model = JudgeConfig.load(null, List.of("kind=model", "model=sft"));
    assertEquals("sft", model.chosen().model());
    var endpoint =
        assertInstanceOf(
            EndpointKind.class,
            JudgeConfig.load(null, List.of("kind=endpoint", "endpoint.attempts=3")).chosen());
    assertEquals(3, endpoint.endpoint().attempts());
    assertEquals(60, endpoint.timeoutSeconds());
  }

  /** What is written down has every kind's keys in one section, so that others can be chosen. */
  @Test
  void writtenDownAndLoadedAgainItIsTheSame() throws IOException {
    Path file = folder.resolve("judge.yaml");
    JudgeConfig config = JudgeConfig.load(null, List.of("noise=0.5", "endpoint.url=http://x/v1"));
    ConfigFiles.write(file, config);
    assertEquals(config, JudgeConfig.load(file, List.of()));
    assertEquals(
        """
        {"kind":"rubric","rubric":"general","noise":0.0,"positionBias":0.0,"temperature":0.6,\
        "template":null,"ratingTemplate":null,\
        "rationale":{"maxTokens":0,"samples":1,"temperature":0.0,"template":null},\
        "exemplars":null,"critique":{"maxTokens":256,"temperature":0.0,"template":null},\
        "constitution":null,\
        "revision":{"rounds":1,"maxTokens":512,"temperature":0.0,"template":null},\
        "timeoutSeconds":60,"address":null,\
        "tls":{"ca":null,"certificate":null,"key":null},"model":null,"chat":true,\
        "endpoint":{"url":null,"model":null,"keyVariable":null,"maxTokens":16,"concurrency":8,\
        "attempts":6,"patienceSeconds":600},"labels":null,"person":null,"members":[],"unsure":null}""",
        Json.MAPPER.writeValueAsString(DEFAULTS));
  }

  @Test
  void whatIsDecisiveKnowsNoPatienceButTheTemplatesContent() throws IOException {
    List<String> settings =
        List.of("timeoutSeconds=5", "endpoint.concurrency=2", "endpoint.keyVariable=KEY");
    assertEquals(DEFAULTS.decisive(), JudgeConfig.load(null, settings).decisive());
    assertNotEquals(DEFAULTS.decisive(), JudgeConfig.load(null, List.of("rubric=tldr")).decisive());
    Path template = folder.resolve("ask.mustache");
    Files.writeString(template, "one");
    JudgeConfig asking =
        JudgeConfig.load(null, List.of("kind=model", "model=m", "template=" + template));
    Object before = asking.decisive();
    Files.writeString(template, "two");
    assertNotEquals(before, asking.decisive());
    Files.delete(template);
    assertEquals(
        "judge.template: " + template + " (expected: a file that exists)",
        assertThrows(UserError.class, asking::decisive).getMessage());
  }

  /** Keys of every kind are checked, whichever answers. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          kind=foo       | kind: foo (expected: rubric, model, endpoint, reward, labels, person or ensemble)
          kind=null      | kind: null (expected: rubric, model, endpoint, reward, labels, person or ensemble)
          rubric=null    | rubric: null (expected: a shipped name or a YAML file)
          noise=-1       | noise: -1.0 (expected: >= 0)
          noise=much     | noise: much (expected: a number)
          timeoutSeconds=0    | timeoutSeconds: 0 (expected: >= 1)
          endpoint.attempts=0 | endpoint.attempts: 0 (expected: >= 1)
          rationale.samples=3 | rationale.samples: 3 (expected: 1, unless rationale.maxTokens and rationale.temperature are above 0: all would be the same)
          unsure=0.6          | unsure: 0.6 (expected: > 0 and <= 0.5)
          endpoint=3          | endpoint: 3 (expected: a section of keys and values)
          endpoint.many=3     | endpoint.many: unknown key (expected: one of attempts, concurrency, keyVariable, maxTokens, model, patienceSeconds, url)
          kid=model | kid: unknown key (expected: one of address, chat, constitution, critique, endpoint, exemplars, kind, labels, members, model, noise, person, positionBias, ratingTemplate, rationale, revision, rubric, temperature, template, timeoutSeconds, tls, unsure)
          """)
  void aMistakeIsNamedInOneLine(String setting, String message) {
    var e = assertThrows(UserError.class, () -> JudgeConfig.load(null, List.of(setting)));
    assertEquals("--set: " + message, e.getMessage());
  }
}
