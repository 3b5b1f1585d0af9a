package org.rlaif.training.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.Example;
import org.rlaif.kit.Message;
import org.rlaif.kit.Prompt;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.tldr.Facts;

class GeneratedDataTest {
  @TempDir Path folder;

  @Test
  void writesTheSplitsAndApartFromThemTheFacts() {
    RunConfig config =
        RunConfig.load(null, List.of("data.posts={train: 30, validation: 5, test: 7}"));
    DataSet.Figures figures = GeneratedData.write(config.data(), 11, folder);
    assertEquals(
        new DataSet.Figures(30, 5, 7, null, null, null, null, null, null, null, null, null),
        figures);
    DataSet data = DataSet.read(folder);
    assertEquals(30, data.train().size());
    assertEquals(5, data.validation().size());
    assertEquals(7, data.test().size());
    assertFalse(data.hasPreferences());

    Map<String, Facts> facts = GeneratedData.facts(folder);
    assertEquals(42, facts.size());
    Example example = data.test().get(0);
    Facts known = facts.get(example.id());
    assertNotNull(known);
    assertTrue(example.prompt().transcript().contains(known.name()));
    assertTrue(example.prompt().transcript().endsWith("TL;DR:"));
  }

  @Test
  void chatsAskTheSamePosts() {
    List<String> settings = List.of("data.posts={train: 1, validation: 1, test: 1}");
    Example text = first(settings);
    List<String> asked = List.of(settings.get(0), "data.chat=true", "data.system=Summarise.");
    Example chat = first(asked);
    assertEquals(
        Prompt.of(List.of(Message.system("Summarise."), Message.user(text.prompt().transcript()))),
        chat.prompt());
    assertEquals(text.completion(), " " + chat.completion());
  }

  private Example first(List<String> settings) {
    GeneratedData.write(RunConfig.load(null, settings).data(), 11, folder);
    return DataSet.read(folder).test().get(0);
  }

  @Test
  void otherDataHasNoFacts() {
    assertEquals(Map.of(), GeneratedData.facts(folder));
  }
}
