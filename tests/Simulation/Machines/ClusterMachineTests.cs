using Actors.Runtime.Cluster;
using Orleans.Runtime;
using static Actors.Simulation.Tests.Machines.Silos;

namespace Actors.Simulation.Tests.Machines;

public sealed class ClusterMachineTests
{
    private readonly ClusterMachine _machine = new(A, 0, new ClusterTimings(), static _ => []);

    [Fact]
    public void A_silo_joins_reaches_everybody_and_then_becomes_active()
    {
        _machine.TableRead(View(5, B, C), 0);
        _machine.Join(0);
        Assert.Equal(SiloStatus.Joining, Written()!.Status);
        ClusterView joining = View(5, B, C).Is(A, SiloStatus.Joining);
        _machine.TableRead(joining, 1);
        _machine.WriteEnded(failed: false, 1);
        _machine.Tick(2);
        Answer(B, 3);
        Assert.Null(Written());
        Answer(C, 4);
        _machine.Tick(5);
        Assert.Equal(SiloStatus.Active, Written()!.Status);
    }

    [Fact]
    public void An_earlier_run_at_this_address_is_declared_dead_before_the_silo_joins()
    {
        SiloAddress before = Of(0, generation: 0);
        _machine.TableRead(View(5, before, B), 0);
        _machine.Join(0);
        ViewMember written = Written()!;
        Assert.Equal((before, SiloStatus.Dead), (written.Silo, written.Status));
        Assert.Equal([A], written.Voters);
    }

    [Fact]
    public void Another_node_that_seems_to_have_this_silos_address_may_be_on_another_machine()
    {
        _machine.TableRead(new ClusterView(5, [new ViewMember(Of(0, generation: 0), 7, SiloStatus.Active)]), 0);
        _machine.Join(0);
        ViewMember written = Written()!;
        Assert.Equal((A, SiloStatus.Joining), (written.Silo, written.Status));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(7, false)]
    public void Only_another_run_of_the_same_node_at_its_address_shows_that_a_silo_is_gone(int byNode, bool isGone)
    {
        Settled(View(1, A, B, C));
        _machine.Replaced(B, byNode, 0);
        Assert.Equal(isGone ? B : null, Written()?.Silo);
    }

    [Fact]
    public void One_write_at_a_time_and_none_soon_after_one_that_failed()
    {
        _machine.Join(0);
        Assert.NotNull(Written());
        _machine.Tick(100);
        Assert.Null(Written());
        _machine.WriteEnded(failed: true, 200);
        _machine.Tick(600);
        Assert.Null(Written());
        _machine.Tick(700);
        Assert.NotNull(Written());
    }

    [Fact]
    public void Leaving_is_two_steps_and_the_second_waits_for_the_last_grain_and_for_all_to_know_of_the_first()
    {
        Member3();
        _machine.Leave(10);
        Assert.Equal(SiloStatus.ShuttingDown, Written()!.Status);
        ClusterView leaving = View(1, A, B, C).Is(A, SiloStatus.ShuttingDown);
        _machine.TableRead(leaving, 11);
        _machine.WriteEnded(failed: false, 11);
        Assert.Null(Written());
        _machine.Drained(12);
        Assert.Null(Written());
        _machine.Receive(B, new InstalledMessage(leaving.Version, [], [], []), 12);
        _machine.Receive(C, new InstalledMessage(leaving.Version, [], [], []), 12);
        _machine.Tick(12);
        ViewMember left = Written()!;
        Assert.Equal(SiloStatus.Dead, left.Status);
        Assert.Empty(left.Voters);
        _machine.TableRead(leaving.Left(A), 13);
        Assert.True(Stopped()!.LeftByItself);
    }

    [Fact]
    public void Who_leaves_with_a_write_in_doubt_says_so_in_its_row()
    {
        Member3();
        _machine.Leave(10);
        ClusterView leaving = View(1, A, B, C).Is(A, SiloStatus.ShuttingDown);
        _machine.TableRead(leaving, 11);
        _machine.WriteEnded(failed: false, 11);
        _machine.CutOff();
        _machine.Drained(12);
        _machine.Receive(B, new InstalledMessage(leaving.Version, [], [], []), 12);
        _machine.Receive(C, new InstalledMessage(leaving.Version, [], [], []), 12);
        _machine.TakeOutputs();
        _machine.Tick(12);
        ViewMember left = Written()!;
        Assert.Equal([A], left.Voters);
        _machine.TableRead(leaving.With(left), 13);
        Assert.True(Stopped()!.LeftByItself);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_lets_grains_be_activated_tells_that_records_are_to_be_taken(bool isReleased)
    {
        Member3();
        _machine.Receive(B, isReleased ? new ReleasedMessage(1, []) { TakeRecords = true } : new InstalledMessage(1, [], [], []) { TakeRecords = true }, 5);
        Assert.True(_machine.MustTakeRecords);
        _machine.TableRead(View(1, A, B, C).Is(C, SiloStatus.ShuttingDown), 6);
        Assert.All(_machine.TakeOutputs().OfType<SendOutput>().Select(static send => send.Message).OfType<InstalledMessage>(), static told => Assert.True(told.TakeRecords));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_row_of_one_that_left_tells_whether_a_write_of_it_may_come(bool mayWriteLate)
    {
        Member3();
        _machine.TableRead(View(1, A, B, C).With(Member(B, SiloStatus.Dead) with { Voters = mayWriteLate ? [B] : [] }), 5);
        Assert.Equal(mayWriteLate, _machine.MustTakeRecords);
        Assert.DoesNotContain(_machine.View.Members, static member => !member.IsLive && !member.LeftByItself);
    }

    [Fact]
    public void Who_has_drained_grants_nothing_more()
    {
        Member3();
        _machine.ProbeRan(B, 1, 10);
        Assert.True(Answers().Single().GrantsLease);
        _machine.Leave(10);
        _machine.Drained(10);
        _machine.ProbeRan(B, 2, 11);
        Assert.False(Answers().Single().GrantsLease);
    }

    [Theory]
    [InlineData(SiloStatus.Dead)]
    [InlineData(SiloStatus.Joining)]
    public void Only_holders_get_a_lease(SiloStatus status)
    {
        Member3();
        _machine.TableRead(View(1, A, B, C).Is(B, status), 5);
        _machine.TakeOutputs();
        _machine.ProbeRan(B, 1, 10);
        Assert.False(Answers().Single().GrantsLease);
    }

    [Fact]
    public void The_dead_hear_of_it_when_they_ask()
    {
        Member3();
        _machine.TableRead(View(1, A, B, C).Dead(B, by: C), 5);
        _machine.TakeOutputs();
        _machine.ProbeRan(B, 1, 10);
        Assert.Contains(_machine.TakeOutputs(), output => output is SendOutput { Message: ViewMessage } send && send.To.Equals(B));
    }

    [Fact]
    public void A_silo_that_reads_that_it_is_dead_stops_and_says_who_declared_it()
    {
        Member3();
        _machine.TableRead(View(1, A, B, C).Dead(A, by: C), 5);
        StopSelfOutput stop = Stopped()!;
        Assert.False(stop.LeftByItself);
        Assert.Contains(C.ToString(), stop.Reason, StringComparison.Ordinal);
        Assert.Equal(Permission.Elsewhere, _machine.MayActivate(GrainOf((View(1, A), A))));
    }

    [Fact]
    public void A_silo_whose_row_was_removed_stops()
    {
        Member3();
        _machine.TableRead(View(2, B, C), 5);
        Assert.Contains("removed", Stopped()!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_may_be_cut_off_is_removed_a_second_is_not()
    {
        Settled(View(1, A, B, C));
        Suspect(B, C);
        Assert.Equal(SiloStatus.Dead, Written()!.Status);
        ClusterView two = View(1, A, B, C).Dead(B, by: A);
        _machine.TableRead(two, _nowMs);
        _machine.WriteEnded(failed: false, _nowMs);
        Assert.Null(Written());
        Assert.Contains(C.ToString(), _machine.Hindrance, StringComparison.Ordinal);
        _machine.SurelyDead(B, _nowMs);
        Assert.Equal(C, Written()!.Silo);
    }

    [Fact]
    public void Who_came_after_the_last_settled_view_is_no_majority()
    {
        Settled(View(1, A, B, C));
        ClusterView grown = View(2, A, B, C, D, E);
        _machine.TableRead(grown, _nowMs);
        Suspect(B, C);
        Assert.Equal(SiloStatus.Dead, Written()!.Status);
        _machine.TableRead(grown.Dead(B, by: A), _nowMs);
        _machine.Receive(D, new ProbeMessage(1, [C]), _nowMs);
        _machine.WriteEnded(failed: false, _nowMs);
        Assert.Null(Written());
        Assert.Contains("2 silos that may only be cut off", _machine.Hindrance, StringComparison.Ordinal);
    }

    [Fact]
    public void The_dead_of_a_settled_view_are_no_danger_any_more()
    {
        ClusterView view = View(1, A, B, C).Dead(D, by: B);
        _machine.TableRead(view, 0);
        _machine.Receive(B, new InstalledMessage(view.Version, [], [D], []), 0);
        _machine.Receive(C, new InstalledMessage(view.Version, [], [], []), 0);
        Assert.True(_machine.IsSettled);
        _machine.Join(0);
        Suspect(B, C);
        Assert.Equal(B, Written()!.Silo);
    }

    [Fact]
    public void Time_alone_does_not_finish_two_that_may_renew_each_other()
    {
        Settled(View(1, A, B, C));
        ClusterView one = View(1, A, B, C).Dead(B, by: C).Dead(C, by: B);
        _machine.TableRead(one, 0);
        for (long nowMs = 0; nowMs < 60_000; nowMs += 100)
        {
            _machine.Tick(nowMs);
        }

        Assert.False(_machine.IsSettled);
        _machine.SurelyDead(C, 60_000);
        Assert.False(_machine.IsSettled);
        for (long nowMs = 60_000; nowMs < 63_000; nowMs += 100)
        {
            _machine.Tick(nowMs);
        }

        Assert.True(_machine.IsSettled);
    }

    [Fact]
    public void Time_finishes_nobody_before_all_holders_have_told()
    {
        Settled(View(1, A, B, C));
        _machine.TableRead(View(1, A, B, C).Dead(B, by: C), 0);
        for (long nowMs = 0; nowMs < 10_000; nowMs += 100)
        {
            _machine.Tick(nowMs);
        }

        _machine.TakeOutputs();
        _machine.Receive(C, new InstalledMessage(2, [], [], new() { [B] = 0 }), 10_000);
        Assert.False(_machine.IsSettled);
        for (long nowMs = 10_000; nowMs < 13_000; nowMs += 100)
        {
            _machine.Tick(nowMs);
        }

        Assert.True(_machine.IsSettled);
        Assert.Contains(_machine.TakeOutputs(), static output => output is SendOutput { Message: FinishedMessage });
    }

    [Fact]
    public void On_a_connection_both_tell_where_they_are()
    {
        Member3();
        _machine.Connected(B, 10);
        Assert.Collection(
            _machine.TakeOutputs().OfType<SendOutput>().Select(static send => send.Message),
            static message => Assert.IsType<ViewMessage>(message),
            static message => Assert.IsType<InstalledMessage>(message));
    }

    [Fact]
    public void Who_ended_a_grain_tells_its_home()
    {
        Member3();
        GrainId ofB = GrainOf((View(1, A, B, C), B));
        _machine.Ended([ofB, GrainOf((View(1, A, B, C), A))]);
        SendOutput send = Assert.IsType<SendOutput>(Assert.Single(_machine.TakeOutputs()));
        Assert.Equal(B, send.To);
        Assert.Equal([ofB], Assert.IsType<ReleasedMessage>(send.Message).Grains);
    }

    [Fact]
    public void A_long_list_goes_in_parts_that_together_are_the_list()
    {
        ClusterView view = View(1, A, B, C);
        GrainId[] held = [.. Enumerable.Range(0, 60_000).Select(static number => GrainId.Create("test", $"grain-{number}"))];
        var machine = new ClusterMachine(A, 0, new ClusterTimings(), _ => held);
        machine.TableRead(view, 0);
        PeerMessage[] toB = [.. machine.TakeOutputs().OfType<SendOutput>().Where(static send => send.To.Equals(B)).Select(static send => send.Message)];
        StillHeldMessage[] parts = [.. toB.OfType<StillHeldMessage>()];
        InstalledMessage last = toB.OfType<InstalledMessage>().Single();
        Assert.True(parts.Length > 1);
        Assert.Equal(Enumerable.Range(0, last.Pages), parts.Select(static part => part.Number));
        Assert.Equal(held.Where(grain => B.Equals(view.HomeOf(grain))), parts.SelectMany(static part => part.Grains).Concat(last.StillHeld));
        Assert.All(parts, static part => Assert.True(part.Grains.Sum(static grain => 16 + grain.Type.AsSpan().Length + grain.Key.AsSpan().Length) <= GrainPages.PageBytes));
        machine.Ended(held);
        Assert.True(machine.TakeOutputs().OfType<SendOutput>().Count(static send => send.To.Equals(B) && send.Message is ReleasedMessage) == parts.Length + 1);
    }

    [Fact]
    public void The_grains_of_a_node_wait_until_its_former_run_at_another_address_has_run_its_last_turn()
    {
        ViewMember former = Member(D, SiloStatus.Dead) with { NodeId = 0, Voters = [B] };
        Assert.False(_machine.HasNode);
        _machine.TableRead(new ClusterView(7, [former, Member(A, SiloStatus.Active), Member(B, SiloStatus.Active)]), 0);
        Assert.False(_machine.HasNode);
        _machine.Receive(B, new InstalledMessage(7, [], [], []), 0);
        for (; _nowMs < 1_900; _nowMs += 100)
        {
            _machine.Tick(_nowMs);
            Assert.False(_machine.HasNode);
        }

        _machine.TakeOutputs();
        _machine.Tick(2_100);
        Assert.True(_machine.HasNode);
        Assert.Contains(_machine.TakeOutputs(), static output => output is MayServeMoreOutput);
    }

    [Fact]
    public void Records_are_taken_as_soon_as_anybody_died_or_was_cut_off_and_all_hear_of_it()
    {
        Member3();
        _machine.TableRead(View(1, A, B, C).Left(C), 1);
        Assert.False(_machine.MustTakeRecords);
        _machine.TableRead(View(2, A, B).Dead(C, by: B), 2);
        Assert.True(_machine.MustTakeRecords);

        var other = new ClusterMachine(A, 0, new ClusterTimings(), static _ => []);
        other.TableRead(View(1, A, B, C), 0);
        other.TakeOutputs();
        other.CutOff();
        Assert.True(other.MustTakeRecords);
        Assert.Equal([B, C], other.TakeOutputs().OfType<SendOutput>().Where(static send => send.Message is CutOffMessage).Select(static send => send.To));

        var third = new ClusterMachine(A, 0, new ClusterTimings(), static _ => []);
        third.TableRead(View(1, A, B, C), 0);
        third.Receive(B, new CutOffMessage(), 0);
        Assert.True(third.MustTakeRecords);
        third.TakeOutputs();
        third.Connected(C, 1);
        Assert.Contains(third.TakeOutputs(), static output => output is SendOutput { Message: CutOffMessage });
    }

    [Fact]
    public void Who_was_connected_before_it_is_a_member_hears_that_records_are_taken_when_it_becomes_one()
    {
        _machine.TableRead(View(1, A, B), 0);
        _machine.Connected(C, 0);
        _machine.CutOff();
        Assert.Equal([B], Told());
        _machine.TableRead(View(1, A, B).Is(C, SiloStatus.Joining), 1);
        Assert.Equal([C], Told());

        IEnumerable<SiloAddress> Told() => _machine.TakeOutputs().OfType<SendOutput>().Where(static send => send.Message is CutOffMessage).Select(static send => send.To);
    }

    [Fact]
    public void Who_joins_waits_for_members_that_live_and_says_for_whom()
    {
        JoinBeside(View(5, B, C), ageMs: static nowMs => nowMs % 1_000);
        Assert.Null(Written());
        Assert.Contains($"node 1 at {B}, node 2 at {C}", _machine.Hindrance, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_joins_declares_the_last_member_dead_when_it_neither_answers_nor_renews_its_lease()
    {
        JoinBeside(View(5, C), ageMs: static nowMs => 3_600_000 + nowMs);
        ViewMember written = Written()!;
        Assert.Equal((C, SiloStatus.Dead), (written.Silo, written.Status));
        Assert.Equal([A], written.Voters);
    }

    [Fact]
    public void Who_joins_declares_nobody_dead_while_one_member_lives()
    {
        JoinBeside(View(5, B, C), ageMs: static nowMs => 3_600_000 + nowMs, answers: B);
        Assert.Null(Written());
        Assert.Contains($"node 2 at {C}", _machine.Hindrance, StringComparison.Ordinal);
        Assert.DoesNotContain($"at {B}", _machine.Hindrance, StringComparison.Ordinal);
    }

    [Fact]
    public void After_an_outage_of_the_table_nobody_has_renewed_and_that_says_nothing()
    {
        JoinBeside(View(5, C), ageMs: static nowMs => 3_600_000 + nowMs, readEveryMs: 6_000);
        Assert.Null(Written());
    }

    [Fact]
    public void Nobody_who_answers_is_declared_dead_when_the_stores_clock_steps()
    {
        Settled(View(1, A, B, C));
        for (; _nowMs < 30_000; _nowMs += 100)
        {
            _machine.Tick(_nowMs);
            Answer(B, _nowMs);
            Answer(C, _nowMs);
            _machine.TableRead(View(1, A, B, C) with { Members = [.. View(1, A, B, C).Members.Select(member => member with { StoreLeaseAgeMs = 3_600_000, Renewal = _nowMs })] }, _nowMs);
        }

        Assert.Null(Written());
        Assert.Null(_machine.Hindrance);
    }

    [Fact]
    public void An_older_view_changes_nothing()
    {
        Settled(View(7, A, B, C));
        _machine.Receive(B, new ViewMessage(View(6, B, C)), 1);
        _machine.TableRead(View(6, B, C), 2);
        Assert.Equal(7, _machine.View.Version);
        Assert.Null(Stopped());
    }

    [Fact]
    public void An_answer_that_grants_nothing_is_no_lease()
    {
        Settled(View(1, A, B, C));
        _machine.StoreRenewed(0);
        long byStoreMs = _machine.LeaseUntilMs;
        _machine.Tick(1_000);
        long number = _machine.TakeOutputs().OfType<SendOutput>().Select(static send => send.Message).OfType<ProbeMessage>().Max(static probe => probe.Number);
        _machine.Receive(B, new ProbeAnswerMessage(number, GrantsLease: false), 1_001);
        Assert.Equal(byStoreMs, _machine.LeaseUntilMs);
        _machine.Receive(B, new ProbeAnswerMessage(number, GrantsLease: true), 1_002);
        Assert.True(_machine.LeaseUntilMs > byStoreMs);
    }

    /// <summary>Thirty seconds of joining beside members whose leases have these ages.</summary>
    private void JoinBeside(ClusterView others, Func<long, long> ageMs, SiloAddress? answers = null, long readEveryMs = 1_000)
    {
        ClusterView view = others.Is(A, SiloStatus.Joining);
        _machine.TableRead(view, 0);
        _machine.Join(0);
        for (; _nowMs < 30_000; _nowMs += 100)
        {
            if (_nowMs % readEveryMs == 0)
            {
                _machine.TableRead(view with { Members = [.. view.Members.Select(member => member with { StoreLeaseAgeMs = ageMs(_nowMs), Renewal = _nowMs - ageMs(_nowMs) })] }, _nowMs);
            }

            _machine.Tick(_nowMs);
            if (answers is not null)
            {
                Answer(answers, _nowMs);
            }
        }
    }

    private long _nowMs;

    private void Member3()
    {
        _machine.TableRead(View(1, A, B, C), 0);
        _machine.TakeOutputs();
    }

    private void Settled(ClusterView view)
    {
        _machine.TableRead(view, 0);
        foreach (ViewMember member in view.Members.Where(static member => !member.Silo.Equals(A)))
        {
            _machine.Receive(member.Silo, new InstalledMessage(view.Version, [], [], []), 0);
        }

        Assert.True(_machine.IsSettled);
        _machine.Join(0);
        _machine.TakeOutputs();
    }

    /// <summary>Both answer once and never again; each is suspected by the other too.</summary>
    private void Suspect(SiloAddress one, SiloAddress other)
    {
        _machine.Tick(_nowMs += 100);
        Answer(one, _nowMs);
        Answer(other, _nowMs);
        for (long endMs = _nowMs + new ClusterTimings().SuspectAfterMs + 200; _nowMs < endMs; _nowMs += 100)
        {
            _machine.Receive(one, new ProbeMessage(1, [other]), _nowMs);
            _machine.Receive(other, new ProbeMessage(1, [one]), _nowMs);
            _machine.Tick(_nowMs);
        }
    }

    private void Answer(SiloAddress from, long nowMs)
    {
        long number = _machine.TakeOutputs().OfType<SendOutput>().Select(static send => send.Message).OfType<ProbeMessage>().Select(static probe => probe.Number).DefaultIfEmpty(_lastProbe).Max();
        _lastProbe = number;
        _machine.Receive(from, new ProbeAnswerMessage(number, GrantsLease: true), nowMs);
    }

    private long _lastProbe;

    private ViewMember? Written() => _machine.TakeOutputs().OfType<WriteMemberOutput>().SingleOrDefault()?.Member;

    private StopSelfOutput? Stopped() => _machine.TakeOutputs().OfType<StopSelfOutput>().SingleOrDefault();

    private ProbeAnswerMessage[] Answers() => [.. _machine.TakeOutputs().OfType<SendOutput>().Select(static send => send.Message).OfType<ProbeAnswerMessage>()];
}
