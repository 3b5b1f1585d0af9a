package org.rlaif.model.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.Json;
import org.rlaif.kit.UserError;

/** Tokenizers that would make a flood of a few letters are refused before they see any. */
class TokenizerLimitsTest {
  private static final String REPLACE =
      "{\"type\": \"Replace\", \"pattern\": {\"%s\": \"%s\"}, \"content\": \"%s\"}";

  @TempDir Path folder;

  @Test
  void whatMultipliesIsRefused() throws IOException {
    String million = "x".repeat(1_000_000);
    refused("normalizer", REPLACE.formatted("String", " ", million), "a byte may become 1000000");
    refused("normalizer", REPLACE.formatted("Regex", "", million), "a byte may become 1000001");
    refused("decoder", REPLACE.formatted("String", "a", million), "a byte may become 1000000");
    String twice = REPLACE.formatted("String", "a", "aa") + ", ";
    refused(
        "normalizer",
        "{\"type\": \"Sequence\", \"normalizers\": [" + twice.repeat(7) + "{\"type\": \"NFC\"}]}",
        "a byte may become 128");
    refused(
        "normalizer",
        "{\"type\": \"Sequence\", \"normalizers\": [" + twice.repeat(90) + "{\"type\": \"NFC\"}]}",
        "a byte may become 2147483647");
    refused(
        "normalizer",
        "{\"type\": \"Prepend\", \"prepend\": \"" + million + "\"}",
        "1000000 bytes before every text");
  }

  @Test
  void specialTokensAreFew() throws IOException {
    String many = "{\"Sequence\": {\"id\": \"A\", \"type_id\": 0}},".repeat(100);
    UserError error =
        assertThrows(
            UserError.class,
            () ->
                open(
                    "post_processor",
                    "{\"type\": \"TemplateProcessing\", \"single\": ["
                        + many.substring(0, many.length() - 1)
                        + "], \"pair\": [], \"special_tokens\": {}}"));
    assertEquals(
        folder.resolve("tokenizer.json")
            + ", post_processor, single: 100 tokens (expected: at most 64)",
        error.getMessage());
  }

  /** Thirty letters of a prompt would end the whole process otherwise. */
  @Test
  void patternsThatTryForEverAreRefused() throws IOException {
    String split =
        "{\"type\": \"Split\", \"pattern\": {\"Regex\": \"%s\"}, \"behavior\": \"Isolated\","
            + " \"invert\": false}";
    String several = "{\"type\": \"Sequence\", \"%s\": [%s]}";
    String replace = REPLACE.formatted("Regex", "(x+x+)+y", "z");
    impatient("pre_tokenizer", split.formatted("(a+)+$"), "(a+)+$");
    impatient(
        "pre_tokenizer", several.formatted("pretokenizers", split.formatted("a*a*b")), "a*a*b");
    impatient("normalizer", replace, "(x+x+)+y");
    impatient("decoder", several.formatted("decoders", replace), "(x+x+)+y");
    open("normalizer", REPLACE.formatted("Regex", " {2,}", " "));
  }

  private void impatient(String part, String json, String pattern) {
    UserError error = assertThrows(UserError.class, () -> open(part, json));
    assertEquals(
        folder.resolve("tokenizer.json")
            + ", "
            + part
            + ": the pattern "
            + pattern
            + " (expected: one that no text makes try more than ten million ways: no repeat within"
            + " another or behind another, where what follows may fail)",
        error.getMessage());
  }

  private void refused(String part, String json, String found) {
    UserError error = assertThrows(UserError.class, () -> open(part, json));
    assertEquals(
        folder.resolve("tokenizer.json") + ", " + part + ": " + found + " (expected: at most 64)",
        error.getMessage());
  }

  /** A tokenizer of ours with another part. */
  private void open(String part, String json) throws IOException {
    Path file = folder.resolve("tokenizer.json");
    BpeTrainer.train(List.of("some text, some more"), 270, file);
    ObjectNode tree = (ObjectNode) Json.MAPPER.readTree(file.toFile());
    tree.set(part, Json.MAPPER.readTree(json));
    Files.writeString(file, tree.toString());
    Tokenizer.open(file).close();
  }
}
