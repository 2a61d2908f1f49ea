namespace Actors.Runtime.Metrics;

/// <summary>A counter that many threads add to at once: each has its own cache line, as far as there are enough.</summary>
internal sealed class StripedCounter
{
    private const int Stripes = 8;
    private const int CellsPerLine = 8;

    private readonly long[] _cells = new long[(Stripes + 1) * CellsPerLine];

    /// <summary>The sum so far.</summary>
    public long Value
    {
        get
        {
            long sum = 0;
            for (int stripe = 1; stripe <= Stripes; stripe++)
            {
                sum += Volatile.Read(ref _cells[stripe * CellsPerLine]);
            }

            return sum;
        }
    }

    /// <summary>Adds one.</summary>
    /// <param name="worker">The index of the thread's worker.</param>
    public void Add(int worker) => Interlocked.Increment(ref _cells[((worker & (Stripes - 1)) + 1) * CellsPerLine]);
}
