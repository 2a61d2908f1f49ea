namespace Actors.Runtime.Metrics;

/// <summary>
/// Decides which turns are timed. A clock reading and a histogram record cost more than a whole local call, so a thread times
/// every turn while there are few, and one in <see cref="Stride"/> once it has timed <see cref="BudgetPerEpoch"/> within an
/// epoch (a second). Counters are not sampled.
/// </summary>
internal struct Sampler
{
    /// <summary>How many turns a thread times per epoch before it begins to skip.</summary>
    public const int BudgetPerEpoch = 256;

    /// <summary>Of how many turns one is timed after that.</summary>
    public const int Stride = 64;

    private int _skip;
    private int _epoch;
    private int _left;

    /// <summary>True when the next turn is to be timed.</summary>
    public bool Next()
    {
        if (--_skip > 0)
        {
            return false;
        }

        return Decide();
    }

    private bool Decide()
    {
        int epoch = Environment.TickCount >> 10;
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
