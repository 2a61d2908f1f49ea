namespace Actors.Grains.Agents;

/// <summary>How many look-ups and writes for peers run at once on a silo. 0 stands for the default.</summary>
public sealed record WorkerOptions
{
    /// <summary>What each option stands for when it is 0.</summary>
    public static readonly WorkerOptions Default = new() { QuerierWorkers = 10, BinderWorkers = 10, TunnelerWorkers = 10, HandshakerWorkers = 5 };

    /// <summary>The most that each may be.</summary>
    public const int Max = 1_000;

    /// <summary>Reads of peers' rows, each of up to 50 peers.</summary>
    public int QuerierWorkers { get; init; }

    /// <summary>Writes of connections.</summary>
    public int BinderWorkers { get; init; }

    /// <summary>Writes of tunnels.</summary>
    public int TunnelerWorkers { get; init; }

    /// <summary>Ready signals of one peer on their way (<see cref="PeerOptions.MaxSignals"/>). They go with what else one peer has to say to another, so there is no lane of all peers in which one that is stuck would hold up the others'.</summary>
    public int HandshakerWorkers { get; init; }

    /// <summary>These options with defaults in the place of zeros.</summary>
    public WorkerOptions Effective() => new()
    {
        QuerierWorkers = QuerierWorkers == 0 ? Default.QuerierWorkers : QuerierWorkers,
        BinderWorkers = BinderWorkers == 0 ? Default.BinderWorkers : BinderWorkers,
        TunnelerWorkers = TunnelerWorkers == 0 ? Default.TunnelerWorkers : TunnelerWorkers,
        HandshakerWorkers = HandshakerWorkers == 0 ? Default.HandshakerWorkers : HandshakerWorkers,
    };

    /// <summary>What is wrong with them: a sentence for each mistake.</summary>
    public IEnumerable<string> Mistakes()
    {
        foreach (var (name, value) in new[]
        {
            (nameof(QuerierWorkers), QuerierWorkers), (nameof(BinderWorkers), BinderWorkers),
            (nameof(TunnelerWorkers), TunnelerWorkers), (nameof(HandshakerWorkers), HandshakerWorkers),
        })
        {
            if (value is < 0 or > Max)
                yield return $"{name} is {value}; it is a whole number from 0 (the default) to {Max}.";
        }
    }
}
