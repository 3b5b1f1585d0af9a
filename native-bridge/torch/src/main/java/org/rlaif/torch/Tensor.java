package org.rlaif.torch;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * An array of fp32 numbers (or of 64-bit indices) in native memory, with the history that {@link
 * #backward()} follows. Operations work element by element, return a new tensor and leave this one
 * as it is; the smaller shape is broadcast as in NumPy. Shapes that do not fit throw an {@link
 * IllegalArgumentException} with LibTorch's sentence.
 *
 * <p>Tensors are born inside a {@link Scope} and live as long as it is open.
 */
public final class Tensor implements AutoCloseable {
  static {
    Torch.ready();
  }

  private final org.bytedeco.pytorch.Tensor pointer;

  private Tensor(org.bytedeco.pytorch.Tensor pointer) {
    this.pointer = pointer;
  }

  /** Runs one operation of LibTorch inside the innermost scope. */
  static Tensor call(Supplier<org.bytedeco.pytorch.Tensor> operation) {
    if (PointerScope.getInnerScope() == null) {
      throw new IllegalStateException("no Scope is open: tensors are born inside one");
    }
    return new Tensor(Torch.call(operation));
  }

  org.bytedeco.pytorch.Tensor pointer() {
    return pointer;
  }

  /**
   * Numbers in row-major order, on the CPU; an operation moves its right operand to its left one.
   */
  public static Tensor of(float[] numbers, long... shape) {
    checkElements(numbers.length, shape);
    return call(() -> torch.tensor(numbers).reshape(shape));
  }

  /** Indices. */
  public static Tensor ofInts(long[] numbers, long... shape) {
    checkElements(numbers.length, shape);
    return call(() -> torch.tensor(numbers).reshape(shape));
  }

  /** Indices. */
  public static Tensor ofInts(int[] numbers, long... shape) {
    return ofInts(Arrays.stream(numbers).asLongStream().toArray(), shape);
  }

  private static void checkElements(int numbers, long[] shape) {
    if (numbers != Arrays.stream(shape).reduce(1, Math::multiplyExact)) {
      throw new IllegalArgumentException(
          numbers + " numbers for shape " + Arrays.toString(shape) + " (expected: as many)");
    }
  }

  public Tensor plus(Tensor other) {
    return call(() -> pointer.add(beside(other)));
  }

  public Tensor plus(double number) {
    return call(() -> pointer.add(new Scalar(number)));
  }

  public Tensor minus(Tensor other) {
    return call(() -> pointer.sub(beside(other)));
  }

  public Tensor minus(double number) {
    return call(() -> pointer.sub(new Scalar(number)));
  }

  public Tensor times(Tensor other) {
    return call(() -> pointer.mul(beside(other)));
  }

  public Tensor times(double number) {
    return call(() -> pointer.mul(new Scalar(number)));
  }

  public Tensor div(Tensor other) {
    return call(() -> pointer.div(beside(other)));
  }

  public Tensor div(double number) {
    return call(() -> pointer.div(new Scalar(number)));
  }

  public Tensor neg() {
    return call(pointer::neg);
  }

  public Tensor exp() {
    return call(pointer::exp);
  }

  public Tensor square() {
    return call(pointer::square);
  }

  public Tensor abs() {
    return call(pointer::abs);
  }

  /** Numbers below min become min, those above max become max; there the gradient is 0. */
  public Tensor clamp(double min, double max) {
    return call(
        () ->
            pointer.clamp(
                new ScalarOptional(new Scalar(min)), new ScalarOptional(new Scalar(max))));
  }

  /** The smaller of each pair; where both are equal each gets half the gradient. */
  public static Tensor min(Tensor a, Tensor b) {
    return call(() -> torch.minimum(a.pointer, a.beside(b)));
  }

  /** The larger of each pair; where both are equal each gets half the gradient. */
  public static Tensor max(Tensor a, Tensor b) {
    return call(() -> torch.maximum(a.pointer, a.beside(b)));
  }

  public Tensor sigmoid() {
    return call(pointer::sigmoid);
  }

  /** log(sigmoid(x)) without overflow. */
  public Tensor logSigmoid() {
    return call(() -> torch.log_sigmoid(pointer));
  }

  /** Over the last dimension. */
  public Tensor logSoftmax() {
    return call(() -> torch.log_softmax(pointer, -1));
  }

  /** Of all numbers. () */
  public Tensor sum() {
    return call(pointer::sum);
  }

  /**
   * Sums of numbers that stand side by side: (N) gives (B).
   *
   * @param lengths how many belong to each sum, (B); they add up to N
   */
  public Tensor sums(int[] lengths) {
    int[] rows =
        IntStream.range(0, lengths.length)
            .flatMap(row -> IntStream.generate(() -> row).limit(lengths[row]))
            .toArray();
    Tensor zeros = of(new float[lengths.length], lengths.length); // (B)
    Tensor into = ofInts(rows, rows.length); // (N)
    return call(() -> beside(zeros).index_add(0, beside(into), pointer));
  }

  /** Of all numbers. () */
  public Tensor mean() {
    return call(pointer::mean);
  }

  /** These entries of the first dimension, in this order. (n, ...) */
  public Tensor indexSelect(int... entries) {
    return indexSelect(ofInts(entries, entries.length));
  }

  /** These entries (n) of the first dimension, in this order. (n, ...) */
  public Tensor indexSelect(Tensor entries) {
    return call(() -> pointer.index_select(0, beside(entries)));
  }

  /** One number out of each row of this matrix: (n, m) and columns (n) give (n). */
  public Tensor gather(Tensor columns) {
    return call(() -> pointer.gather(1, beside(columns).unsqueeze(1)).squeeze(1));
  }

  /** The same numbers in another shape; -1 stands for what is left. */
  public Tensor reshape(long... shape) {
    return call(() -> pointer.reshape(shape));
  }

  /** The same numbers as a constant: gradients stop here. */
  public Tensor detach() {
    return call(pointer::detach);
  }

  /**
   * Adds the gradient of this number to every parameter it came from, as far as LibTorch has kept
   * the way there: see {@link Optimizer#backward}.
   */
  public void backward() {
    try (PointerScope passing = new PointerScope()) {
      Torch.run(pointer::backward);
    }
  }

  /** The number in a tensor that has just one. */
  public float item() {
    return Torch.call(pointer::item_float);
  }

  /** All numbers, row-major. */
  public float[] toFloats() {
    try (PointerScope scope = new PointerScope()) {
      float[] numbers = new float[Math.toIntExact(pointer.numel())];
      buffer(pointer.detach().cpu().contiguous()).get(numbers);
      return numbers;
    }
  }

  public long[] shape() {
    long[] shape = new long[(int) pointer.dim()];
    Arrays.setAll(shape, pointer::size);
    return shape;
  }

  /** Frees a tensor that was kept out of all scopes. */
  @Override
  public void close() {
    pointer.close();
  }

  @Override
  public String toString() {
    return "Tensor" + Arrays.toString(shape());
  }

  /** The numbers of a contiguous tensor on the CPU, in place. */
  static FloatBuffer buffer(org.bytedeco.pytorch.Tensor tensor) {
    return tensor.data_ptr_float().capacity(tensor.numel()).asBuffer();
  }

  /** The other operand on this one's device. */
  private org.bytedeco.pytorch.Tensor beside(Tensor other) {
    return pointer.is_cuda() == other.pointer.is_cuda()
        ? other.pointer
        : other.pointer.to(pointer.device(), other.pointer.scalar_type());
  }
}
