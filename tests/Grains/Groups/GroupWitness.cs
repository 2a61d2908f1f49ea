using System.Globalization;
using Actors.Grains.Groups;

namespace Actors.Grains.Tests.Groups;

/// <summary>Remembers what clients were told and objects when two things that they were told cannot both be true.</summary>
internal sealed class GroupWitness(GroupBench bench)
{
    private readonly Dictionary<(int Restarts, int Generation), string> _leaders = [];
    private readonly Dictionary<int, string> _assignmentOfGeneration = [];
    private readonly Dictionary<long, long> _commits = [];
    private readonly HashSet<GroupMachine> _machines = [];
    private int _nextAssignment;
    private int _generation;

    /// <summary>Generations whose assignment somebody has seen.</summary>
    public int GenerationsSeen => _assignmentOfGeneration.Count;

    public void Joined(GroupJoinAnswer answer, string? instanceId)
    {
        Assert.NotEqual("", answer.MemberId);
        Assert.NotEqual("", answer.Leader);
        if (answer.Members.Length == 0)
            return;
        Assert.Equal(answer.Leader, answer.MemberId);
        Assert.Equal(answer.Members.Length, answer.Members.Select(member => member.MemberId).Distinct().Count());
        if (answer.SkipAssignment)
            return;
        var name = SimulatedMember.NameOf(answer.MemberId, instanceId);
        var key = (bench.Restarts, answer.GenerationId);
        Assert.True(_leaders.TryAdd(key, name) || _leaders[key] == name, $"generation {key} is led by {_leaders[key]} and {name}");
    }

    /// <summary>What a leader gives: every member learns the generation, which of the leader's tries it was, and its own name.</summary>
    public (string, string)[] Assign(GroupJoinAnswer joined)
    {
        var number = _nextAssignment++;
        return
        [
            .. joined.Members.Select(member => (member.MemberId,
                string.Create(CultureInfo.InvariantCulture, $"{joined.GenerationId}|{number}|{SimulatedMember.NameOf(member.MemberId, member.GroupInstanceId)}"))),
        ];
    }

    /// <summary>One generation has one assignment, the same for all members and for ever.</summary>
    public void Assigned(string assignment, int generation, string name)
    {
        var parts = assignment.Split('|');
        Assert.Equal(3, parts.Length);
        Assert.Equal(generation, int.Parse(parts[0], CultureInfo.InvariantCulture));
        Assert.Equal(name, parts[2]);
        Assert.True(
            _assignmentOfGeneration.TryAdd(generation, parts[1]) || _assignmentOfGeneration[generation] == parts[1],
            $"generation {generation} has the assignments {_assignmentOfGeneration[generation]} and {parts[1]}");
    }

    public void Committing(long ticket, long offset) => _commits.Add(ticket, offset);

    /// <summary>What must be true after every step.</summary>
    public void Look()
    {
        if (_machines.Add(bench.Machine))
            _generation = bench.Machine.Generation;
        Assert.True(bench.Machine.Generation >= _generation, "the generation went back");
        _generation = bench.Machine.Generation;
        if (bench.Machine.State is not GroupState.Stable)
            return;
        var tries = new HashSet<string>();
        foreach (var member in bench.Machine.Describe().Members)
        {
            var parts = GroupBench.Text(member.Assignment).Split('|');
            Assert.Equal(3, parts.Length);
            Assert.Equal(_generation, int.Parse(parts[0], CultureInfo.InvariantCulture));
            Assert.Equal(SimulatedMember.NameOf(member.MemberId, member.GroupInstanceId), parts[2]);
            tries.Add(parts[1]);
        }

        Assert.Single(tries);
    }

    /// <summary>OffsetFetch answers the newest commit of the log that was acknowledged, or one that is newer and was not.</summary>
    public void LookAtOffsets()
    {
        for (var partition = 0; partition < 3; partition++)
        {
            var seen = bench.FetchOne(partition: partition);
            var acknowledged = _commits
                .Where(commit => commit.Value % 3 == partition && bench.IsAnswered(commit.Key))
                .Where(commit => bench.Answer<GroupCommitAnswer>(commit.Key).ErrorCodes[0] == 0)
                .Select(commit => commit.Value)
                .DefaultIfEmpty(-1).Max();
            Assert.True(seen >= acknowledged, $"partition {partition}: {acknowledged} was acknowledged and {seen} is seen");
            Assert.True(seen == -1 || _commits.ContainsValue(seen), $"partition {partition}: nobody committed {seen}");
            var stored = bench.Replay().Offsets.GetValueOrDefault(new GroupTopicPartition("t", partition))?.Offset ?? -1;
            Assert.True(seen <= stored, $"partition {partition}: {seen} is seen and {stored} is stored");
        }
    }
}
