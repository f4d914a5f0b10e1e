/** The count-th smallest of the values from `start` up to `end`, by partition (Hoare's selection); `work` is scratch of that length. */
export function smallest(values: Float64Array, start: number, end: number, count: number, work: Float64Array): number {
  const length = end - start;
  for (let k = 0; k < length; k++) work[k] = values[start + k];
  const place = count - 1;
  let low = 0;
  let high = length - 1;
  while (low < high) {
    const pivot = work[(low + high) >> 1];
    let left = low;
    let right = high;
    while (left <= right) {
      while (work[left] < pivot) left++;
      while (work[right] > pivot) right--;
      if (left > right) break;
      const swap = work[left];
      work[left++] = work[right];
      work[right--] = swap;
    }
    if (place <= right) high = right;
    else if (place >= left) low = left;
    else break;
  }
  return work[place];
}
