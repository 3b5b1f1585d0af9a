package org.rlaif.judge;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import org.rlaif.kit.AtomicFiles;

/** What is drawn by content alone: the same in whatever order, and by how many, work is done. */
public final class Draw {
  private Draw() {}

  /**
   * A number from 0 to {@code n} - 1, each as probable as another over many texts: the first 64
   * bits of the SHA-256 of the texts, their lengths before them, modulo {@code n}.
   */
  public static int below(int n, List<String> texts) {
    MessageDigest digest = AtomicFiles.digest("SHA-256");
    for (String text : texts) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      digest.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
      digest.update(bytes);
    }
    return (int) Long.remainderUnsigned(ByteBuffer.wrap(digest.digest()).getLong(), n);
  }
}
