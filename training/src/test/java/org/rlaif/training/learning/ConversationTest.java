package org.rlaif.training.learning;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.Example;
import org.rlaif.kit.Message;
import org.rlaif.kit.Prompt;
import org.rlaif.model.GoldenFamilies;
import org.rlaif.model.GoldenFamilies.Conversation;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.PromptEncoder;
import org.rlaif.model.text.ChatTemplate;
import org.rlaif.torch.Network;
import org.rlaif.torch.Scope;
import org.rlaif.torch.Sequences;
import org.rlaif.training.losses.NegativeLogLikelihood;

/** What is learned of conversations, against TRL with {@code assistant_only_loss}. */
class ConversationTest {
  private static final int CONTEXT = 128;

  @TempDir private Path folder;
  private ModelFolder model;
  private PromptEncoder encoder;

  @BeforeEach
  void open() throws IOException {
    Path unpacked = GoldenFamilies.unpack("smollm", folder);
    ChatTemplate.writeOurs(unpacked);
    model = ModelFolder.open(unpacked);
    encoder = PromptEncoder.of(model);
  }

  @AfterEach
  void close() {
    model.close();
  }

  @Test
  void everyTurnOfTheAssistantIsLearnedWithItsEnd() {
    GoldenFamilies.Conversations golden = GoldenFamilies.conversations();
    List<Sequence> sequences =
        golden.conversations().stream()
            .map(each -> Sequence.encode(encoder, CONTEXT, example(each, true)))
            .toList();
    Sequences rows = Sequence.batch(sequences);
    for (int i = 0; i < rows.size(); i++) {
      Conversation expected = golden.conversations().get(i);
      assertArrayEquals(expected.ids(), rows.tokens()[i]);
      int[] learned =
          IntStream.range(0, expected.mask().length)
              .filter(at -> expected.mask()[at] == 1)
              .toArray();
      assertArrayEquals(learned, rows.completions()[i]);
    }
    try (Network network = Network.load(model.config(), model.weights());
        Scope scope = Scope.open()) {
      double loss = NegativeLogLikelihood.of(network.logprobs(rows, 1)).item();
      assertEquals(golden.loss(), loss, 2e-5);
      // One row per sequence, however many of its tokens are learned.
      float[][] some = Forward.logprobs(network, sequences, /* temperature= */ 1, 2);
      assertArrayEquals(
          new int[] {5, 24, 6}, IntStream.of(0, 1, 2).map(i -> some[i].length).toArray());
    }
  }

  @Test
  void withoutThatTheLastOneAloneIs() {
    Conversation three = GoldenFamilies.conversations().conversations().get(1);
    Sequences rows =
        Sequence.batch(List.of(Sequence.encode(encoder, CONTEXT, example(three, false))));
    int last = three.ids().length - 1;
    int[] learned = rows.completions()[0];
    assertArrayEquals(IntStream.rangeClosed(learned[0], last).toArray(), learned);
    assertTrue(learned.length < 24, "learned: " + learned.length);
  }

  /** As in language modelling: whatever the prompt is, it is one text with one loss. */
  @Test
  void aTextIsLearnedWhole() {
    Example text = new Example("1", Prompt.of("The sky."), " It is blue.", /* everyTurn= */ true);
    Sequences rows = Sequence.batch(List.of(Sequence.encode(encoder, CONTEXT, text)));
    int tokens = rows.tokens()[0].length;
    assertArrayEquals(IntStream.range(1, tokens).toArray(), rows.completions()[0]);
  }

  private static Example example(Conversation each, boolean everyTurn) {
    List<Message> messages = each.messages();
    int last = messages.size() - 1;
    return new Example(
        "1", Prompt.of(messages.subList(0, last)), messages.get(last).content(), everyTurn);
  }
}
