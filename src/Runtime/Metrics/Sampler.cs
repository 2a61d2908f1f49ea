using System.Runtime.InteropServices;

namespace Actors.Runtime.Metrics;

/// <summary>
/// Decides which turns are timed. A clock reading and a histogram record cost more than a whole local call, so of each grain
/// class every turn is timed while there are few, and one in <see cref="Stride"/> once <see cref="BudgetPerEpoch"/> have been
/// timed within an epoch, a second. A class whose calls are rare is timed in full, however busy the others are. Counters are
/// not sampled.
/// </summary>
/// <remarks>
/// A class has one for each of a few groups of threads. Each takes two cache lines, so that no two groups ever write to one,
/// however the array lies in memory. Threads of one group may interfere: then a turn more or less is timed.
/// </remarks>
[StructLayout(LayoutKind.Sequential, Size = 2 * LineBytes)]
internal struct Sampler
{
    /// <summary>How many turns are timed per epoch before some are skipped.</summary>
    public const int BudgetPerEpoch = 256;

    /// <summary>Of how many turns one is timed after that.</summary>
    public const int Stride = 256;

    private const int LineBytes = 64;

    private int _skip;
    private int _left;
    private long _epoch;

    /// <summary>True when the next turn is to be timed.</summary>
    /// <param name="epoch">A number that changes every second and is never 0.</param>
    public bool Next(long epoch) => (epoch != _epoch || --_skip <= 0) && Decide(epoch);

    private bool Decide(long epoch)
    {
        if (epoch != _epoch)
        {
            _epoch = epoch;
            _left = BudgetPerEpoch;
        }

        if (_left > 0)
        {
            _left--;
            _skip = 1;
        }
        else
        {
            _skip = Stride;
        }

        return true;
    }
}
