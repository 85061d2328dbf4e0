"""Long work: fitting, renewing, measuring, recommending to many; in processes of their own.

One job at a time, in a child that ends with the service. What is done stays in the job's folder:
after a kill a job is ``interrupted``, and resumes where it was.
"""

from penchant.serve.jobs.keeper import Jobs
from penchant.serve.jobs.log import Line, read_log
from penchant.serve.jobs.words import Kept, Status

__all__ = ["Jobs", "Kept", "Line", "Status", "read_log"]
