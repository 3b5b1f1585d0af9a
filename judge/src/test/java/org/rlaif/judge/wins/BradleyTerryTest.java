package org.rlaif.judge.wins;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BradleyTerryTest {
  @Test
  void threeToOneIsLogThree() {
    double[] strengths = BradleyTerry.strengths(new double[][] {{0, 3}, {1, 0}});
    assertEquals(Math.log(3), strengths[0] - strengths[1], 1e-9);
    assertEquals(0, strengths[0] + strengths[1], 1e-9);
    assertEquals(190.848502, Tournament.elo(strengths[0]) - Tournament.elo(strengths[1]), 1e-6);
  }

  @Test
  void threePlayersByHand() {
    // Strengths 4, 2 and 1 expect exactly these wins: 4 : 2, 4 : 1 and 2 : 1.
    double[] strengths = BradleyTerry.strengths(new double[][] {{0, 4, 4}, {2, 0, 2}, {1, 1, 0}});
    assertArrayEquals(new double[] {Math.log(2), 0, -Math.log(2)}, strengths, 1e-9);
  }

  @Test
  void everyonesExpectedWinsAreTheirWins() {
    Random random = new Random(3);
    for (int run = 0; run < 50; run++) {
      double[][] wins = random(random, 2 + random.nextInt(6));
      double[] strengths = BradleyTerry.strengths(wins);
      for (int i = 0; i < wins.length; i++) {
        double won = 0;
        double expected = 0;
        for (int j = 0; j < wins.length; j++) {
          won += wins[i][j];
          expected += (wins[i][j] + wins[j][i]) / (1 + Math.exp(strengths[j] - strengths[i]));
        }
        assertEquals(won, expected + 0.0, 1e-6, "run " + run);
      }
    }
  }

  @Test
  void theOrderOfThePlayersPlaysNoPart() {
    Random random = new Random(5);
    for (int run = 0; run < 50; run++) {
      double[][] wins = random(random, 5);
      List<Integer> order = new ArrayList<>(List.of(0, 1, 2, 3, 4));
      Collections.shuffle(order, random);
      double[][] shuffled = new double[5][5];
      for (int i = 0; i < 5; i++) {
        for (int j = 0; j < 5; j++) {
          shuffled[i][j] = wins[order.get(i)][order.get(j)];
        }
      }
      double[] strengths = BradleyTerry.strengths(wins);
      double[] again = BradleyTerry.strengths(shuffled);
      for (int i = 0; i < 5; i++) {
        assertEquals(strengths[order.get(i)], again[i], 1e-8, "run " + run);
      }
    }
  }

  @Test
  void whoeverHasOnlyWonHasNoFiniteStrength() {
    double[][] wins = {{0, 2, 2}, {0, 0, 1}, {0, 1, 0}};
    assertFalse(BradleyTerry.areFinite(wins));
    assertThrows(IllegalArgumentException.class, () -> BradleyTerry.strengths(wins));
    assertTrue(BradleyTerry.areFinite(BradleyTerry.finite(wins)));
    double[][] ring = {{0, 1, 0}, {0, 0, 1}, {1, 0, 0}};
    assertTrue(BradleyTerry.areFinite(ring));
    assertArrayEquals(new double[3], BradleyTerry.strengths(ring), 1e-9);
  }

  private static double[][] random(Random random, int players) {
    double[][] wins = new double[players][players];
    for (int i = 0; i < players; i++) {
      for (int j = 0; j < players; j++) {
        wins[i][j] = i == j ? 0 : 1 + random.nextInt(9) + random.nextInt(2) / 2.0;
      }
    }
    return wins;
  }
}
