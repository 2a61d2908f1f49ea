namespace Actors.AgentLoad.Running;

/// <summary>
/// Agents and clients of one process, on a thread of their own; tunnels are among them only. Every method may be called from any
/// thread; one phase at a time. Disposing of it cuts what is still connected.
/// </summary>
public sealed class LoadRun : IAsyncDisposable
{
    private readonly LoadLoop _loop;
    private readonly LoadOptions _options;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private LoadRun(LoadOptions options, TimeProvider time)
    {
        (_options, _loop) = (options, new LoadLoop(options, time));
        new Thread(RunLoop) { IsBackground = true, Name = "agents' load" }.Start();
    }

    /// <summary>How far it has come.</summary>
    public LoadProgress Progress => _loop.Progress;

    /// <summary>Ends with what made the run impossible, if something does; a defect, or a limit of the system.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Begins to dial, at the rate of the options.</summary>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    public static LoadRun Start(LoadOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        if (options.Hubs.Count == 0 || options.Agents < 1 || options.Clients < 0 || options.DialsPerSecond <= 0 || options.MaxDials < 1
            || (options.Clients > 0 && (options.TunnelsPerClient < 1 || options.TunnelsPerClient > Math.Min(256, options.Agents))))
        {
            throw new ArgumentException("There must be a hub, an agent, a positive rate, and as many agents as a client has tunnels.", nameof(options));
        }

        return new LoadRun(options, time);
    }

    /// <summary>Waits until every peer has its welcome, or will never have it.</summary>
    /// <returns>False when that takes too long or somebody was refused; the result says who and why.</returns>
    public async Task<bool> ConnectAsync(TimeSpan timeout, CancellationToken token) =>
        await AwaitAsync(() => _loop.IsSettledDown, timeout, token) && !await AskAsync(() => _loop.HasFailed);

    /// <summary>Waits until everybody is connected and knows the newest of everybody with whom it has a tunnel.</summary>
    /// <returns>False when that takes too long, or will never be, for somebody was refused.</returns>
    public async Task<bool> SettleAsync(TimeSpan timeout, CancellationToken token)
    {
        var isConsistent = false;
        return await AwaitAsync(() => (isConsistent = _loop.IsConsistent) || _loop.IsAnybodyGone, timeout, token) && isConsistent;
    }

    /// <summary>Sends until the traffic's time or number is over.</summary>
    /// <exception cref="OperationCanceledException">It was interrupted; nothing more is sent.</exception>
    /// <exception cref="TrafficStalledException">Nothing could be sent any more, and its number was not reached.</exception>
    public async Task TrafficAsync(Traffic traffic, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(traffic);
        var end = NewAnswer<bool>();
        Post(() => _loop.Begin(traffic, end), end);
        await using var registration = token.Register(() => _loop.TryPost(_loop.Cease));
        if (!await WithLoopAsync(end.Task))
            throw new OperationCanceledException(token);
    }

    /// <summary>Waits while nobody may be told anything: everybody knows everything, and nothing is sent.</summary>
    /// <returns>False when somebody was told something; the result says who and what.</returns>
    public async Task<bool> QuietAsync(TimeSpan duration, CancellationToken token)
    {
        await AskAsync(() =>
        {
            _loop.BeginQuiet();
            return true;
        });
        await AwaitAsync(static () => false, duration, token);
        return await AskAsync(_loop.EndQuiet);
    }

    /// <summary>Cuts connections at once; those peers come back as the protocol says.</summary>
    /// <param name="isChosen">By index: agents from 0, then clients.</param>
    public Task DropAsync(Func<int, bool> isChosen)
    {
        ArgumentNullException.ThrowIfNull(isChosen);
        return AskAsync(() =>
        {
            _loop.Drop(isChosen);
            return true;
        });
    }

    /// <summary>What it came to so far.</summary>
    public Task<LoadResult> ResultAsync() => AskAsync(_loop.ToResult);

    /// <summary>Judges what should have happened by now, says goodbye for everybody, and ends.</summary>
    /// <param name="goodbyeTimeout">How long hubs have to answer goodbyes.</param>
    /// <returns>What it came to, without the goodbyes.</returns>
    public async Task<LoadResult> EndAsync(TimeSpan goodbyeTimeout)
    {
        var result = await AskAsync(() =>
        {
            _loop.JudgeEnd();
            var judged = _loop.ToResult();
            _loop.SayGoodbye();
            return judged;
        });
        await AwaitAsync(() => _loop.IsEverybodyGone, goodbyeTimeout, CancellationToken.None);
        await DisposeAsync();
        return result;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _loop.Stop();
        await _ended.Task.ContinueWith(static _ => { }, TaskScheduler.Default); // who waits for something of it has heard of its failure
    }

    private void RunLoop()
    {
        try
        {
            _loop.Run();
            _ended.TrySetResult();
        }
        catch (Exception failure)
        {
            _ended.TrySetException(failure);
        }
        finally
        {
            _loop.Dispose();
        }
    }

    private async Task<bool> AwaitAsync(Func<bool> isDone, TimeSpan timeout, CancellationToken token)
    {
        var answer = NewAnswer<bool>();
        await using var registration = token.Register(() => answer.TrySetCanceled(token));
        Post(() => _loop.Await(isDone, timeout, answer), answer);
        return await WithLoopAsync(answer.Task);
    }

    private Task<T> AskAsync<T>(Func<T> question)
    {
        var answer = NewAnswer<T>();
        Post(
            () =>
            {
                try
                {
                    answer.TrySetResult(question());
                }
                catch (Exception failure)
                {
                    answer.TrySetException(failure);
                }
            },
            answer);
        return WithLoopAsync(answer.Task);
    }

    private void Post<T>(Action command, TaskCompletionSource<T> answer)
    {
        if (!_loop.TryPost(command))
            answer.TrySetException(new InvalidOperationException($"The run of {_options.Agents} agents and {_options.Clients} clients is over."));
    }

    /// <summary>Waits for an answer; the loop's end comes instead of one that will never be.</summary>
    private async Task<T> WithLoopAsync<T>(Task<T> answer)
    {
        if (await Task.WhenAny(answer, _ended.Task) != answer)
        {
            await _ended.Task;
            if (!answer.IsCompleted)
                throw new OperationCanceledException("The run was ended.");
        }

        try
        {
            return await answer;
        }
        catch when (_ended.Task.IsFaulted)
        {
            await _ended.Task; // says why
            throw;
        }
    }

    private static TaskCompletionSource<T> NewAnswer<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
