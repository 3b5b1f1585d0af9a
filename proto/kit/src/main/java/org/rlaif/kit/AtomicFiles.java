package org.rlaif.kit;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Files and folders that are whole or absent: written beside their place under a name of their own,
 * forced to disk, then renamed. What a killed process leaves behind begins with {@value #PREFIX}
 * and is never taken for the real thing.
 */
public final class AtomicFiles {
  static final String PREFIX = ".writing-";

  private AtomicFiles() {}

  /** Writes a file; its folder is made if need be. */
  public static void write(Path target, IoConsumer<OutputStream> body) {
    Path temporary = beside(target);
    try {
      try (FileChannel channel =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
        body.accept(out);
        out.flush();
        channel.force(true);
      }
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      forceFolder(target);
    } catch (IOException e) {
      throw unwritable(target, e);
    } finally {
      deleteRecursively(temporary);
    }
  }

  /** Writes a folder: the body fills an empty one, which then takes the place of any older one. */
  public static void folder(Path target, IoConsumer<Path> body) {
    Path temporary = beside(target);
    try {
      Files.createDirectory(temporary);
      body.accept(temporary);
      replace(temporary, target);
    } catch (IOException e) {
      throw unwritable(target, e);
    } finally {
      deleteRecursively(temporary);
    }
  }

  /** Copies a folder with all that is in it. */
  public static void copyFolder(Path from, Path target) {
    folder(
        target,
        place -> {
          try (Stream<Path> inside = Files.walk(from)) {
            for (Path each : inside.skip(1).toList()) { // the folder itself
              Files.copy(each, place.resolve(from.relativize(each).toString()));
            }
          }
        });
  }

  /** Moves a folder that is complete, on the same disk, into its place, that of any older one. */
  public static void moveFolder(Path complete, Path target) {
    try {
      replace(complete, target);
    } catch (IOException e) {
      throw unwritable(target, e);
    }
  }

  private static void replace(Path complete, Path target) throws IOException {
    force(complete);
    // A rename cannot replace a folder that is not empty: the older one steps aside first.
    Path older = beside(target);
    boolean replaces = Files.exists(target);
    if (replaces) {
      Files.move(target, older, StandardCopyOption.ATOMIC_MOVE);
    }
    Files.move(complete, target, StandardCopyOption.ATOMIC_MOVE);
    forceFolder(target);
    if (replaces) {
      deleteRecursively(older);
    }
  }

  /** The SHA-256 of a file's bytes, in hexadecimal. */
  public static String sha256(Path file) {
    UserFiles.requirePlain(file);
    MessageDigest digest = digest("SHA-256");
    try (DigestInputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    } catch (NoSuchFileException e) {
      throw new UserError(file + ": no such file", e);
    } catch (IOException e) {
      throw new UserError(file + ": cannot be read: " + e.getMessage(), e);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** The SHA-256 of some bytes, in hexadecimal. */
  public static String sha256(byte[] bytes) {
    return HexFormat.of().formatHex(digest("SHA-256").digest(bytes));
  }

  /** Of an algorithm that every Java platform has. */
  public static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has " + algorithm, e);
    }
  }

  /** Whether nobody else has the lock of a file; it is held until the channel is closed. */
  public static boolean tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false; // held by another thread of this process
    }
  }

  /** Deletes a file, or a folder with all that is in it; absent is fine. */
  public static void deleteRecursively(Path path) {
    if (!Files.exists(path, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> inside = Files.walk(path)) {
      List<Path> deepestFirst = inside.sorted(Comparator.reverseOrder()).toList();
      for (Path each : deepestFirst) {
        Files.deleteIfExists(each);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path beside(Path target) {
    Path folder = target.toAbsolutePath().normalize().getParent();
    if (folder == null) {
      throw UserError.expected("path", target, "a file or folder inside a folder");
    }
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UserError(folder + ": this folder cannot be made: " + reason(e), e);
    }
    return folder.resolve(PREFIX + target.getFileName() + "-" + UUID.randomUUID());
  }

  /** Forces all files below a folder to disk. */
  public static void force(Path folder) throws IOException {
    try (Stream<Path> inside = Files.walk(folder)) {
      for (Path each : inside.filter(Files::isRegularFile).toList()) {
        try (FileChannel channel = FileChannel.open(each, StandardOpenOption.WRITE)) {
          channel.force(true);
        }
      }
    }
  }

  /** Makes the rename itself survive a power cut. */
  private static void forceFolder(Path target) throws IOException {
    Path folder = target.toAbsolutePath().getParent();
    if (folder != null) {
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  private static UserError unwritable(Path target, IOException e) {
    String free = "";
    try {
      FileStore store = Files.getFileStore(target.toAbsolutePath().getParent());
      free = " (" + store.getUsableSpace() / (1 << 20) + " MiB free on this disk)";
    } catch (IOException unknown) {
      e.addSuppressed(unknown);
    }
    return new UserError(target + ": cannot be written: " + reason(e) + free, e);
  }

  private static String reason(IOException e) {
    return e instanceof java.nio.file.FileSystemException f && f.getReason() != null
        ? f.getReason()
        : e.getClass().getSimpleName() + ": " + e.getMessage();
  }
}
