namespace Actors.Gateway.Kafka;

/// <summary>What one connection holds of the memory for large requests that arrive. It grows with what has arrived, not with what was announced.</summary>
/// <remarks>Used by the connection's reader. A connection is charged for a quarter of the budget at most, whatever it sends.</remarks>
internal sealed class ArrivalShare(ByteBudget budget)
{
    private long _bytes;
    private bool _leads;

    /// <summary>Whether others may have to wait for this connection.</summary>
    public bool IsHeld => _leads || _bytes > 0;

    /// <summary>Waits until the connection may hold so many bytes.</summary>
    /// <exception cref="OperationCanceledException">The wait was given up; the share is what it was.</exception>
    public async ValueTask GrowToAsync(long bytes, CancellationToken token)
    {
        bytes = Math.Min(bytes, budget.TotalBytes / 4);
        if (_leads || bytes <= _bytes)
        {
            return;
        }

        if (await budget.TakeOrLeadAsync(bytes - _bytes, token))
        {
            _bytes = bytes;
        }
        else
        {
            _leads = true;
        }
    }

    /// <summary>The request has arrived and is dealt with, or never will be.</summary>
    public void Release()
    {
        if (_bytes > 0)
        {
            budget.Return(_bytes);
            _bytes = 0;
        }

        if (_leads)
        {
            _leads = false;
            budget.EndLead();
        }
    }
}
