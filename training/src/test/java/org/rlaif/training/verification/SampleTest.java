package org.rlaif.training.verification;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SampleTest {
  @Test
  void aShareOfRowsIsTakenAndAtLeastOne() {
    assertEquals(0.025, Sample.of("2.5%", 0).share());
    assertArrayEquals(new int[0], Sample.of("5%", 0).of(0, "some"));
    assertEquals(1, Sample.of("5%", 0).of(3, "some").length);
    assertEquals(6, Sample.of("5%", 0).of(101, "some").length);
    assertArrayEquals(IntStream.range(0, 9).toArray(), Sample.of("100%", 7).of(9, "some"));
  }

  @Test
  void seedAndPurposeChooseThem() {
    int[] chosen = Sample.of("5%", 0).of(1000, "some");
    assertEquals(50, Arrays.stream(chosen).distinct().count());
    assertArrayEquals(Arrays.stream(chosen).sorted().toArray(), chosen);
    assertArrayEquals(chosen, Sample.of("5%", 0).of(1000, "some"));
    assertFalse(Arrays.equals(chosen, Sample.of("5%", 1).of(1000, "some")));
    assertFalse(Arrays.equals(chosen, Sample.of("5%", 0).of(1000, "others")));
  }
}
