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
    public void An_earlier_generation_is_declared_dead_before_the_silo_joins()
    {
        SiloAddress before = Of(0, generation: 0);
        _machine.Join(0);
        _machine.TakeOutputs();
        _machine.WriteEnded(failed: true, 0);
        ClusterView view = View(5, before, B);
        _machine.TableRead(view, 1_000);
        _machine.TakeOutputs();
        _machine.WriteEnded(failed: false, 1_000);
        _machine.TakeOutputs();
        _machine.SurelyDead(before, 1_000);
        _machine.WriteEnded(failed: false, 1_000);
        ViewMember written = Written()!;
        Assert.Equal((before, SiloStatus.Dead), (written.Silo, written.Status));
        Assert.Equal([A], written.Voters);
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
        for (long endMs = _nowMs + 1_700; _nowMs < endMs; _nowMs += 100)
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
