using System.IO.Pipelines;
using Actors.Silo.Flavour.Secret;
using Actors.Silo.Tests.Stores;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;

namespace Actors.Silo.Tests.Flavour.House;

/// <summary>Silos of the Orleans flavour talk to who has the cluster's secret, and to nobody else.</summary>
public sealed class SecretGateTests : IAsyncDisposable
{
    private const string Secret = "the secret of the orchard";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly Connection _dialled;
    private readonly Connection _accepted;
    private readonly List<string> _passed = [];

    public SecretGateTests()
    {
        var (there, back) = (new Pipe(), new Pipe());
        _dialled = new Connection(back.Reader, there.Writer);
        _accepted = new Connection(there.Reader, back.Writer);
    }

    public async ValueTask DisposeAsync()
    {
        await _dialled.DisposeAsync();
        await _accepted.DisposeAsync();
    }

    [Fact]
    public async Task Silos_with_one_secret_go_on_and_lose_no_byte()
    {
        var received = new TaskCompletionSource<byte>(TaskCreationOptions.RunContinuationsAsynchronously);
        var listening = Gate(Secret).Listen(async connection =>
        {
            var read = await connection.Transport.Input.ReadAsync();
            received.SetResult(read.Buffer.FirstSpan[0]);
        })(_accepted);
        await Gate(Secret).Dial(connection => connection.Transport.Output.WriteAsync(new byte[] { 42 }).AsTask())(_dialled).WaitAsync(Limit);
        await listening.WaitAsync(Limit);
        Assert.Equal(42, await received.Task);
    }

    [Theory]
    [InlineData("another secret of theirs", Secret)]
    [InlineData(Secret, "another secret of theirs")]
    public async Task Silos_with_two_secrets_do_not(string dialling, string listening)
    {
        var dial = Gate(dialling).Dial(Pass("dialled"))(_dialled);
        await Gate(listening).Listen(Pass("accepted"))(_accepted).WaitAsync(Limit);
        Assert.True(_accepted.IsAborted);
        await _accepted.Transport.Output.CompleteAsync();
        await dial.WaitAsync(Limit);
        Assert.True(_dialled.IsAborted);
        Assert.Empty(_passed);
    }

    [Fact]
    public async Task A_stranger_who_is_connected_to_is_refused()
    {
        var dial = Gate(Secret).Dial(Pass("dialled"))(_dialled);
        await _accepted.Transport.Output.WriteAsync(new byte[2 * SecretHandshake.MessageBytes]);
        await dial.WaitAsync(Limit);
        Assert.Empty(_passed);
    }

    [Fact]
    public async Task A_stranger_who_connects_gets_a_random_number_and_no_proof()
    {
        var listen = Gate(Secret).Listen(Pass("accepted"))(_accepted);
        await _dialled.Transport.Output.WriteAsync(new byte[2 * SecretHandshake.MessageBytes]);
        await listen.WaitAsync(Limit);
        await _accepted.Transport.Output.CompleteAsync();
        Assert.Empty(_passed);
        Assert.Equal(SecretHandshake.MessageBytes, (await _dialled.Transport.Input.ReadAtLeastAsync(4096)).Buffer.Length);
    }

    [Fact]
    public async Task What_one_side_has_said_proves_nothing_when_it_is_said_back()
    {
        var dial = Gate(Secret).Dial(Pass("dialled"))(_dialled);
        for (var message = 0; message < 2; message++)
        {
            var read = await _accepted.Transport.Input.ReadAtLeastAsync(SecretHandshake.MessageBytes);
            var bytes = read.Buffer.FirstSpan.ToArray();
            _accepted.Transport.Input.AdvanceTo(read.Buffer.End);
            await _accepted.Transport.Output.WriteAsync(bytes);
        }

        await dial.WaitAsync(Limit);
        Assert.Empty(_passed);
    }

    [Fact]
    public async Task Who_says_nothing_is_refused_after_the_deadline()
    {
        var time = new ManualTime();
        var listen = new SecretGate(Secret, time, NullLogger<SecretGate>.Instance).Listen(Pass("accepted"))(_accepted);
        var timer = await time.Armed.WaitAsync(Limit);
        Assert.Equal(SecretGate.Deadline, timer.DueTime);
        Assert.False(listen.IsCompleted);
        timer.Fire();
        await listen.WaitAsync(Limit);
        Assert.Empty(_passed);
    }

    [Fact]
    public async Task Who_hangs_up_is_refused()
    {
        await _dialled.Transport.Output.WriteAsync(new byte[SecretHandshake.MessageBytes - 1]);
        await _dialled.Transport.Output.CompleteAsync();
        await Gate(Secret).Listen(Pass("accepted"))(_accepted).WaitAsync(Limit);
        Assert.Empty(_passed);
    }

    private static SecretGate Gate(string secret) => new(secret, TimeProvider.System, NullLogger<SecretGate>.Instance);

    private ConnectionDelegate Pass(string name) => _ =>
    {
        lock (_passed) _passed.Add(name);
        return Task.CompletedTask;
    };

    /// <summary>One end of a connection; what is sent after it was aborted is not stopped, so that tests see it.</summary>
    private sealed class Connection(PipeReader input, PipeWriter output) : ConnectionContext, IDuplexPipe
    {
        public bool IsAborted { get; private set; }

        public PipeReader Input => input;

        public PipeWriter Output => output;

        public override string ConnectionId { get; set; } = "test";

        public override IFeatureCollection Features { get; } = new FeatureCollection();

        public override IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

        public override IDuplexPipe Transport
        {
            get => this;
            set => throw new NotSupportedException();
        }

        public override void Abort(ConnectionAbortedException abortReason) => IsAborted = true;
    }
}
