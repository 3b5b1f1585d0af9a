package org.rlaif.serving.graph;

import java.util.ArrayList;
import java.util.List;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.TensorSpec;
import org.rlaif.model.onnx.Quantization;

/**
 * The scales of an int8 KV cache, one for each head and column of it. A key or value x is kept as
 * clamp(round(x / s), -128, 127) times s. They are chosen when a model is loaded, by what the
 * network in fp32 caches for prompts and its completions of them, and become wider with new weights
 * if what was served since would be clamped.
 */
public final class CacheScales {
  /**
   * How much larger than the largest number seen the largest one kept may be. Clamping costs much
   * more than a coarser step: with scales from 60 tokens of the quickstart's policy, the KL per
   * token of other text is 4.6e-4, 5.2e-5, 5.9e-6 and 3.7e-6 for 1, 1.25, 1.5 and 2, and 1.5e-6
   * with the scales of that text itself.
   */
  private static final float HEADROOM = 2;

  /** Columns that are always nearly zero: no smaller than this part of the largest one. */
  private static final float LEAST_PART = 1e-3f;

  private static final int MOST = 127;

  /** By side, in the order of {@link Quantization#cacheScales}. */
  private final List<float[]> sides;

  private CacheScales(List<float[]> sides) {
    this.sides = sides;
  }

  /** The largest absolute keys and values that were seen, by head and column. */
  public static final class Ranges {
    private final List<float[]> sides = new ArrayList<>();

    public Ranges(Quantization quantization, DecoderConfig config) {
      for (TensorSpec spec : quantization.cacheScales(config)) {
        sides.add(new float[Math.toIntExact(spec.elements())]);
      }
    }

    /** Whether the cache is not quantised. */
    public boolean isEmpty() {
      return sides.isEmpty();
    }

    /** The first tokens of a slot are seen, in fp32. */
    public void add(KvCache cache, int slot, int tokens) {
      for (int side = 0; side < sides.size(); side++) {
        cache.largest(side, slot, tokens, sides.get(side));
      }
    }
  }

  /** Of a cache in fp32. */
  public static final CacheScales NONE = new CacheScales(List.of());

  public static CacheScales of(Ranges ranges) {
    return new CacheScales(ranges.sides.stream().map(CacheScales::scales).toList());
  }

  private static float[] scales(float[] largest) {
    float most = 0;
    for (float each : largest) {
      most = Math.max(most, each);
    }
    float least = most == 0 ? 1 : most * LEAST_PART;
    var scales = new float[largest.length];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = HEADROOM * Math.max(largest[i], least) / MOST;
    }
    return scales;
  }

  /** These scales, unless some numbers are clamped with them: only their scales grow then. */
  public CacheScales widened(Ranges ranges) {
    List<float[]> wider = new ArrayList<>();
    boolean changed = false;
    for (int side = 0; side < sides.size(); side++) {
      float[] scales = sides.get(side).clone();
      float[] largest = ranges.sides.get(side);
      for (int i = 0; i < scales.length; i++) {
        if (largest[i] > MOST * scales[i]) {
          scales[i] = HEADROOM * largest[i] / MOST;
          changed = true;
        }
      }
      wider.add(scales);
    }
    return changed ? new CacheScales(wider) : this;
  }

  /** These divided by others, by side, head and column; see {@link KvCache#rescale}. */
  public List<float[]> over(CacheScales others) {
    List<float[]> ratios = new ArrayList<>();
    for (int side = 0; side < sides.size(); side++) {
      float[] ratio = sides.get(side).clone();
      for (int i = 0; i < ratio.length; i++) {
        ratio[i] /= others.sides.get(side)[i];
      }
      ratios.add(ratio);
    }
    return ratios;
  }

  /** Of one side; not to be changed. */
  public float[] side(int side) {
    return sides.get(side);
  }
}
