"""Long work: fitting, renewing, measuring, recommending to many; in processes of their own.

One job at a time, in a child that ends with the service. What is done stays in the job's folder:
after a kill a job is ``interrupted``, and resumes where it was. :mod:`penchant.serve.jobs.keeper`
keeps them; :mod:`penchant.serve.jobs.work` is the child, which knows nothing of HTTP.
"""
