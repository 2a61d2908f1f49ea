using Actors.Grains.Groups;
using Actors.Kafka;
using FsCheck;
using FsCheck.Fluent;

namespace Actors.Grains.Tests.Groups;

/// <summary>
/// Members that join, sync, die, restart, leave and commit in any order, a log that is slow, fails or loses its answer, and a
/// coordinator that is killed. FsCheck prints the seed and the smallest sequence of steps that breaks a rule.
/// </summary>
public sealed class GroupProperties
{
    private const int MemberCount = 5;

    private static readonly ErrorCode[] LogErrors =
        [ErrorCode.NotEnoughReplicas, ErrorCode.RequestTimedOut, ErrorCode.NotLeaderOrFollower, ErrorCode.MessageTooLarge];

    private static int Cases => Environment.GetEnvironmentVariable("ACTORS_TEST_LONG") == "1" ? 20_000 : 400;

    [Fact]
    public void Whatever_happens_the_rules_hold_and_live_members_end_in_one_stable_group()
    {
        var generations = 0;
        Run(steps =>
        {
            var world = new World(initialDelayMs: steps.Length % 2 == 0 ? 0 : 700);
            foreach (var step in steps)
                world.Do(step);
            world.Settle();
            generations += world.Witness.GenerationsSeen;
            world.Finish();
        });
        Assert.True(generations > Cases, $"only {generations} generations were seen in {Cases} cases: the steps do not reach far");
    }

    private static void Run(Action<int[]> property) => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(Cases).WithStartSize(20).WithEndSize(250),
        Prop.ForAll(Arb.From(Gen.ArrayOf(Gen.Choose(0, 1 << 24)), Shorter), property));

    /// <summary>Leaves out halves, quarters, … and single steps.</summary>
    private static IEnumerable<int[]> Shorter(int[] steps)
    {
        for (var length = steps.Length / 2; length > 0; length /= 2)
        {
            for (var start = 0; start + length <= steps.Length; start += length)
                yield return [.. steps[..start], .. steps[(start + length)..]];
        }
    }

    private sealed class World
    {
        private readonly GroupBench _bench;
        private readonly SimulatedMember[] _members;
        private long _nextOffset = 1;

        public World(int initialDelayMs)
        {
            _bench = new GroupBench(new GroupOptions
            {
                InitialRebalanceDelayMs = initialDelayMs,
                NewMemberJoinTimeoutMs = 30_000,
                MaxSize = MemberCount + 1,
            })
            {
                WritesAtOnce = false,
            };
            Witness = new GroupWitness(_bench);
            _members = [.. Enumerable.Range(0, MemberCount).Select(index => new SimulatedMember(_bench, Witness, index < 2 ? $"static-{index}" : null))];
        }

        public GroupWitness Witness { get; }

        public void Do(int step)
        {
            var member = _members[step / 32 % MemberCount];
            var argument = step / (32 * MemberCount);
            switch (step % 32)
            {
                case < 10:
                    if (!member.IsAlive && argument % 3 == 0)
                        member.Start();
                    member.Step();
                    break;
                case < 13:
                    foreach (var each in _members)
                        each.Step();
                    break;
                case < 16:
                    member.Heartbeat();
                    break;
                case 16:
                    member.SendJoin();
                    break;
                case 17:
                    member.ChangeMetadata();
                    member.SendJoin();
                    break;
                case 18:
                    member.Leave();
                    break;
                case 19:
                    member.Die();
                    break;
                case 20:
                    member.Start();
                    break;
                case 21 or 22:
                    member.Commit(_nextOffset++, member.Generation);
                    break;
                case 23:
                    member.Commit(_nextOffset++, member.Generation + (argument % 3) - 1);
                    break;
                case < 28:
                    if (_bench.WritesWaiting > 0)
                        _bench.EndWrite();
                    break;
                case 28:
                    if (_bench.WritesWaiting > 0)
                        _bench.EndWrite(LogErrors[argument % LogErrors.Length], butStored: argument % 5 == 0);
                    break;
                case 29:
                    _bench.Pass(argument % 300);
                    break;
                case 30:
                    _bench.Pass(argument % 9_000);
                    break;
                default:
                    if (argument % 4 == 0)
                        _bench.Restart(argument / 4 % 3);
                    break;
            }

            Witness.Look();
            Witness.LookAtOffsets();
        }

        /// <summary>Nothing breaks any more: those who live and follow the protocol get their assignment in bounded time.</summary>
        public void Settle()
        {
            while (_bench.WritesWaiting > 0)
                _bench.EndWrite();
            _bench.WritesAtOnce = true;
            _members[0].Start();
            _members[^1].Start();
            const int BoundMs = 120_000;
            for (var passedMs = 0; passedMs < BoundMs && !IsSettled(); passedMs += 500)
            {
                _bench.Pass(500);
                foreach (var member in _members)
                {
                    member.Step();
                    member.Heartbeat();
                }

                Witness.Look();
            }

            Assert.True(IsSettled(), $"not settled after {BoundMs} ms: {_bench.Machine.State}, {_bench.Machine.MemberCount} members");
        }

        /// <summary>Every request that was not lost with a coordinator has been answered once the last one has stopped.</summary>
        public void Finish()
        {
            Witness.LookAtOffsets();
            _bench.Stop();
            Assert.Empty(_bench.Open);
        }

        private bool IsSettled() =>
            _bench.Machine.State is GroupState.Stable
            && _bench.Machine.MemberCount == _members.Count(member => member.IsAlive)
            && _members.Where(member => member.IsAlive).All(member => member.HasAssignment && member.Generation == _bench.Machine.Generation);
    }
}
