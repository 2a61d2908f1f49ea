using System.Globalization;
using Orleans.Runtime;

namespace Orleans;

/// <summary>One silo's row in the membership table. Times are UTC. Not safe for use from several threads.</summary>
[GenerateSerializer]
public sealed class MembershipEntry : ISpanFormattable
{
    private const string TimeFormat = "yyyy-MM-dd HH:mm:ss.fff";

    /// <summary>The row's key.</summary>
    [Id(0)]
    public SiloAddress SiloAddress { get; set; } = SiloAddress.Zero;

    [Id(1)]
    public SiloStatus Status { get; set; }

    /// <summary>Who suspects the silo, and since when: the votes for its death. Null: nobody.</summary>
    [Id(2)]
    public List<Tuple<SiloAddress, DateTime>>? SuspectTimes { get; set; }

    /// <summary>The port for clients of the cluster; 0: none.</summary>
    [Id(3)]
    public int ProxyPort { get; set; }

    [Id(4)]
    public string HostName { get; set; } = "";

    [Id(5)]
    public string SiloName { get; set; } = "";

    [Id(6)]
    public string? RoleName { get; set; }

    [Id(7)]
    public int UpdateZone { get; set; }

    [Id(8)]
    public int FaultZone { get; set; }

    [Id(9)]
    public DateTime StartTime { get; set; }

    /// <summary>When the silo last said that it is alive.</summary>
    [Id(10)]
    public DateTime IAmAliveTime { get; set; }

    /// <summary>Adds a vote.</summary>
    public void AddSuspector(SiloAddress suspectingSilo, DateTime suspectingTime) =>
        (SuspectTimes ??= []).Add(Tuple.Create(suspectingSilo, suspectingTime));

    /// <summary>Adds a silo's vote, or renews it. Where there are as many as are kept, the new one takes the oldest one's place.</summary>
    /// <param name="maxVotes">How many votes are kept, at least 1.</param>
    public void AddOrUpdateSuspector(SiloAddress localSilo, DateTime voteTime, int maxVotes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxVotes, 1);
        List<Tuple<SiloAddress, DateTime>> votes = SuspectTimes ??= [];
        var vote = Tuple.Create(localSilo, voteTime);
        int place = votes.FindIndex(known => known.Item1.Equals(localSilo));
        if (place < 0 && votes.Count < maxVotes)
        {
            votes.Add(vote);
            return;
        }

        votes[place >= 0 ? place : votes.IndexOf(votes.MinBy(static known => known.Item2)!)] = vote;
    }

    /// <summary>A copy that shares nothing that can change.</summary>
    internal MembershipEntry Copy()
    {
        var copy = (MembershipEntry)MemberwiseClone();
        copy.SuspectTimes = SuspectTimes is null ? null : [.. SuspectTimes];
        return copy;
    }

    public override string ToString() => $"{SiloName} at {SiloAddress} is {Status}";

    string IFormattable.ToString(string? format, IFormatProvider? formatProvider) => ToString();

    bool ISpanFormattable.TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        destination.TryWrite($"{SiloName} at {SiloAddress} is {Status}", out charsWritten);

    /// <summary>All of the row, for logs.</summary>
    public string ToFullString()
    {
        IEnumerable<string> votes = (SuspectTimes ?? []).Select(static vote => string.Create(CultureInfo.InvariantCulture, $"{vote.Item1} at {Text(vote.Item2)}"));
        return $"{ToString()} on {HostName}, started {Text(StartTime)}, alive {Text(IAmAliveTime)}, proxy port {ProxyPort}, role {RoleName}, "
            + $"zones {UpdateZone} and {FaultZone}, suspected by [{string.Join(", ", votes)}]";
    }

    private static string Text(DateTime time) => time.ToString(TimeFormat, CultureInfo.InvariantCulture);
}
