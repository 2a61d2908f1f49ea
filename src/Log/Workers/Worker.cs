namespace Actors.Log;

/// <summary>A thread that does steps of work while there are any and sleeps when there are none.</summary>
/// <remarks>What a step throws is the worker's last act: it is handed to <c>onFault</c>, and the thread ends.</remarks>
internal sealed class Worker
{
    private readonly Thread _thread;
    private readonly WorkSignal _signal;
    private readonly Func<bool> _step;
    private readonly Action<Exception> _onFault;
    private volatile bool _stopping;

    /// <param name="step">Does some work; false when there was none.</param>
    public Worker(string name, WorkSignal signal, Func<bool> step, Action<Exception> onFault)
    {
        _signal = signal;
        _step = step;
        _onFault = onFault;
        _thread = new Thread(Run) { Name = name, IsBackground = true };
        _thread.Start();
    }

    /// <summary>Ends the thread after the step that it is in and waits for that.</summary>
    public void Stop()
    {
        _stopping = true;
        _signal.Set();
        _thread.Join();
    }

    private void Run()
    {
        try
        {
            while (!_stopping)
            {
                if (!_step())
                    _signal.Wait();
            }
        }
        catch (Exception e)
        {
            _onFault(e);
        }
    }
}
